import { copyFileSync, cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { build } from 'esbuild'
import { line, noticesOf } from './esbuild.notices.mjs'
import buildView from './esbuild.view.mjs'

// onnx-proto is CommonJS over protobufjs 6; bundled, it runs on the protobufjs we depend on, and nobody who installs us
// gets its own.
const require =
  "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);"

// Chunks are named by their content; those of earlier builds would stay, and be packed.
rmSync('dist', { recursive: true, force: true })

const common = {
  outdir: 'dist',
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  // What a command does not need is parsed all the same; names stay, for reports of what went wrong.
  minifyWhitespace: true,
  minifySyntax: true,
  // An uncaught error shows the line it was thrown in.
  lineLimit: 200,
  mainFields: ['module', 'main'],
  external: ['onnxruntime-node', 'protobufjs', 'protobufjs/*', 'commander', 'yauzl', 'yazl', 'sharp'],
  banner: { js: require },
  logLevel: 'warning',
  metafile: true,
}

const { metafile } = await build({
  ...common,
  entryPoints: { index: 'src/index.ts', 'yolo-loss': 'src/cli/bin.ts' },
  splitting: true,
})

// By itself: in a chunk shared with the others it would load all that they need, before its first order.
await build({ ...common, entryPoints: { worker: 'src/runtime/isolation/worker.ts' } })

await buildView()

cpSync('src/cli/programs', 'dist/programs', { recursive: true })
copyFileSync('src/yolo/config/config.schema.json', 'dist/config.schema.json')
copyFileSync('src/verify/report/report.schema.json', 'dist/report.schema.json')
copyFileSync('src/fit/log/log.schema.json', 'dist/log.schema.json')

/** Data of others, which the bundle holds too. */
const boxes = `sample boxes of the COCO API\n\n${readFileSync('src/cli/demo/LICENSE.txt', 'utf8').trim()}\n`

writeFileSync('dist/THIRD-PARTY-NOTICES.txt', [...noticesOf(metafile), boxes].join(line))
