import { writeFileSync } from 'node:fs'
import { build } from 'esbuild'
import { line, noticesOf } from './esbuild.notices.mjs'

const common = {
  outdir: 'dist/view',
  bundle: true,
  minify: true,
  format: 'esm',
  platform: 'browser',
  target: 'es2022',
  logLevel: 'warning',
}

/** Packages of `io` and `runtime` that a page has no use for; what is not used of those wings is left out. */
const unused = ['node:*', 'sharp', 'yauzl', 'yazl', 'sax', '@streamparser/json', 'onnxruntime-node']

/** What runs in a browser: the program and the style of pages, and those of live ones. Tests on the source make these alone. */
export default async function buildView() {
  const pages = ['main.ts', 'style.css'].map((file) => ({ in: `src/view/client/${file}`, out: 'page' }))
  await build({ ...common, entryPoints: pages })
  const { metafile } = await build({
    ...common,
    entryPoints: ['main.ts', 'style.css'].map((file) => ({ in: `src/view/live/panel/${file}`, out: 'live' })),
    external: unused,
    metafile: true,
  })
  const left = Object.values(metafile.outputs).flatMap(({ imports }) => imports.map(({ path }) => path))
  if (left.length > 0) throw new Error(`live.js would import ${left.join(', ')}, which no browser has`)
  writeFileSync('dist/view/LICENSES.txt', noticesOf(metafile).join(line))
}
