import { copyFileSync, cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const common = { bundle: true, format: 'esm', logLevel: 'warning' }

// onnx-proto is CommonJS over protobufjs 6; bundled, it runs on the protobufjs we depend on, and nobody who installs us
// gets its own.
const require =
  "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);"

const forNode = {
  ...common,
  outdir: 'dist',
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
  metafile: true,
}

const forBrowsers = {
  ...common,
  outdir: 'dist/view',
  platform: 'browser',
  target: 'es2022',
  minify: true,
  // Of `io` and `runtime`, of which a page has no use for these; what is not used of those wings is left out.
  external: ['node:*', 'sharp', 'yauzl', 'yazl', 'sax', '@streamparser/json', 'onnxruntime-node'],
  metafile: true,
}

/** Between the notices of two packages. */
const line = `\n${'-'.repeat(80)}\n\n`

/** The licences of the packages that went into a bundle; they ask that they travel with every copy. */
function noticesOf(metafile) {
  const folders = new Set(
    Object.keys(metafile.inputs).flatMap((input) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? []),
  )
  return [...folders].sort().map(noticeOf)
}

function noticeOf(folder) {
  const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry))
  if (file === undefined) throw new Error(`${name} ${version}: no licence in ${folder}, but the bundle holds its code`)
  return `${name} ${version}\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`
}

/** The program and the style of pages, and those of live ones. Tests on the source make these alone, before they begin. */
export default async function buildPages() {
  const entries = (folder, out) => ['main.ts', 'style.css'].map((file) => ({ in: `src/view/${folder}/${file}`, out }))
  const entryPoints = [...entries('client', 'page'), ...entries('live/panel', 'live')]
  const { metafile } = await build({ ...forBrowsers, entryPoints })
  for (const [file, { imports }] of Object.entries(metafile.outputs))
    for (const { path } of imports) throw new Error(`${file} would import ${path}, which no browser has`)
  writeFileSync('dist/view/LICENSES.txt', noticesOf(metafile).join(line))
}

async function buildAll() {
  // Chunks are named by their content; those of earlier builds would stay, and be packed.
  rmSync('dist', { recursive: true, force: true })
  const entryPoints = { index: 'src/index.ts', 'yolo-loss': 'src/cli/bin.ts' }
  const { metafile } = await build({ ...forNode, entryPoints, splitting: true })
  // By itself: in a chunk shared with the others it would load all that they need, before its first order.
  await build({ ...forNode, entryPoints: { worker: 'src/runtime/isolation/worker.ts' } })
  await buildPages()
  cpSync('src/cli/programs', 'dist/programs', { recursive: true })
  for (const [name, folder] of Object.entries({ config: 'yolo/config', report: 'verify/report', log: 'fit/log' }))
    copyFileSync(`src/${folder}/${name}.schema.json`, `dist/${name}.schema.json`)
  // Data of others, which the bundle holds too.
  const boxes = `sample boxes of the COCO API\n\n${readFileSync('src/cli/demo/LICENSE.txt', 'utf8').trim()}\n`
  writeFileSync('dist/THIRD-PARTY-NOTICES.txt', [...noticesOf(metafile), boxes].join(line))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildAll()
