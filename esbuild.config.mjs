import { rmSync } from 'node:fs'
import { build } from 'esbuild'

// onnx-proto is CommonJS over protobufjs 6; bundled, it runs on the protobufjs we depend on, and nobody who installs us
// gets its own.
const require =
  "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);"

// Chunks are named by their content; those of earlier builds would stay, and be packed.
rmSync('dist', { recursive: true, force: true })

await build({
  entryPoints: { index: 'src/index.ts', 'yolo-loss': 'src/cli/bin.ts', worker: 'src/runtime/worker.ts' },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  mainFields: ['module', 'main'],
  external: ['onnxruntime-node', 'protobufjs', 'protobufjs/*', 'commander', 'yauzl', 'yazl'],
  banner: { js: require },
  logLevel: 'warning',
})
