import { join } from 'node:path'
import { repository } from '../package/shell.js'
import { missingLine } from './alike.js'
import { compiled, configuration, type Kind, printing, shell, shown, without } from './kinds.js'

/** How blocks of a language are run, by language. */
export const kinds: Readonly<Record<string, Kind>> = {
  sh: shell,
  console: shown,
  js: printing('mjs', 'console\\.log', (_, file) => [process.execPath, file]),
  python: printing('py', 'print', ({ python }, file) => [python, file]),
  cpp: compiled,
  json: configuration,
  // What the block before it prints.
  text: async ({ text }, { printed }) => without(missingLine(text.split('\n').filter(isTold), printed), printed),
}

/** Languages of drawings, which `npm test` compares with what they show. */
export const drawings: readonly string[] = ['mermaid']

const isTold = (line: string): boolean => line.trim() !== '' && line.trim() !== '…'

/** What blocks of a tag need, and where they are run. */
export interface Tag {
  readonly needs: string
  /** In a folder where the packed package is installed, in a copy of the clone, or by another script, whose output is compared. */
  readonly where: 'package' | 'clone' | { readonly script: string }
  /** A program behind which each of its own is started. */
  readonly behind?: readonly string[]
  /** Python for its blocks, below the repository; default that with NumPy and onnxruntime. */
  readonly python?: string
  /** A command of bash that succeeds where there is what it needs, `$PYTHON` the Python above; default it is always there. */
  readonly probe?: string
}

/** In the order in which they are run. */
export const tags: Readonly<Record<string, Tag>> = {
  base: { needs: 'the package, onnxruntime-node, and for Python NumPy and onnxruntime', where: 'package' },
  browser: {
    needs: 'Chromium, whose driver for Vulkan is a GPU to WebGPU',
    where: 'package',
    behind: ['bash', join(repository, 'test/others/webgpu/software-vulkan.sh')],
  },
  clone: { needs: 'the repository', where: 'clone' },
  torch: { needs: 'PyTorch', where: { script: 'test:train' } },
  'ort-training': { needs: 'onnxruntime-training', where: { script: 'test:other ort-training' } },
  gpu: {
    needs: 'a GPU with CUDA, and the provider for it',
    where: 'package',
    probe: "(npx yolo-loss doctor || true) | grep -E '^ok +cuda: runs'",
  },
  autograd: {
    needs: 'PyTorch and NumPy in .venv, where npm run test:torch puts them',
    where: 'package',
    python: '.venv/bin/python',
    probe: '"$PYTHON" -c "import numpy, torch"',
  },
  compiler: { needs: 'g++ with C++17', where: 'package', probe: 'g++ --version' },
}
