import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { defineConfig } from 'vitest/config'

/** Folders of tests that need more than Node, a calm machine, or minutes. */
const equipped: Readonly<Record<string, string>> = {
  webgpu: 'test/others/webgpu',
  html: 'test/others/html',
  bench: 'test/bench',
  pairs: 'test/pairs',
}

/** Tests of the tests, searches, and many runs of the command line: `--mode slow`. */
const slow = [
  'test/detector/external.test.ts',
  'test/reference/semantics/identify/variations.test.ts',
  'test/cli/batches.test.ts',
  'test/cli/semanticlayouts.test.ts',
  'test/cli/boxes.test.ts',
  'test/cli/cause.test.ts',
  'test/cli/check.test.ts',
  'test/cli/data.test.ts',
  'test/cli/demo.test.ts',
  'test/cli/disk.test.ts',
  'test/cli/eval.test.ts',
  'test/cli/longlog.test.ts',
  'test/cli/main.test.ts',
  'test/cli/numbers.test.ts',
  'test/cli/only.test.ts',
  'test/cli/record.test.ts',
  'test/cli/reports.test.ts',
  'test/cli/semantics.test.ts',
  'test/cli/verify.test.ts',
  'test/cli/verifygraph.test.ts',
  'test/frameworks/previous.test.ts',
  'test/golden/reports.test.ts',
  'test/golden/runs.test.ts',
  'test/runtime/evaluate.test.ts',
  'test/runtime/isolation/soak.test.ts',
  'test/runtime/isolation/watchdog.test.ts',
  'test/yolo/assignment/exhaustive.test.ts',
  'test/yolo/assignment/options.test.ts',
  'test/yolo/gradient/differences.test.ts',
  'test/yolo/gradient/mutations.test.ts',
  'test/verify/layers/cause.test.ts',
  'test/verify/layers/planted.test.ts',
  'test/verify/mutants/ten.test.ts',
  'test/verify/scenes.test.ts',
  'test/verify/run/cause.test.ts',
  'test/yolo/memory/*.test.ts',
  'test/yolo/mutations.test.ts',
]

/** Many runs in this process, or with its disk replaced: on the build each would be a process of its own, or nothing of it. */
const sourceAlone = ['test/cli/disk.test.ts', 'test/cli/numbers.test.ts']

function included(mode: string): string[] {
  if (mode === 'slow') return slow
  return [`${equipped[mode] ?? 'test/**'}/*.test.ts`]
}

function excluded(mode: string): string[] {
  if (mode in equipped || mode === 'slow') return []
  const byDefault = mode === 'test' ? slow : mode === 'build' ? sourceAlone : []
  return [...Object.values(equipped).map((folder) => `${folder}/**`), ...byDefault]
}

/**
 * With `--mode build` the command line and the public door are those of `dist`, else of the source; with `--mode full`
 * forms and gradients are run in every combination; with `--mode slow`, `--mode webgpu`,
 * `--mode html`, `--mode bench` or `--mode pairs` only what takes long, or needs a driver for WebGPU, a browser or a calm machine.
 */
export default defineConfig(({ mode }) => {
  const built = mode === 'build'
  const door = fileURLToPath(new URL(built ? 'dist/index.js' : 'src/index.ts', import.meta.url))
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href
  return {
    test: {
      include: included(mode),
      exclude: excluded(mode),
      alias: { 'onnx-yolo-loss': door },
      // Child processes started from the source run TypeScript too.
      env: {
        YOLO_LOSS_BUILT: built ? '1' : '',
        YOLO_LOSS_FULL: mode === 'full' ? '1' : '',
        NODE_OPTIONS: `--import ${tsx}`,
      },
      globalSetup: 'esbuild.config.mjs',
      testTimeout: 60_000,
      // Of two cores vitest would leave one to itself.
      maxWorkers: '100%',
    },
  }
})
