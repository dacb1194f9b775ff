import { build } from 'esbuild'

/** What runs in a browser: the program and the style of pages. Tests on the source make these alone. */
export default async function buildView() {
  await build({
    outdir: 'dist/view',
    entryPoints: ['main.ts', 'style.css'].map((file) => ({ in: `src/view/client/${file}`, out: 'page' })),
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    logLevel: 'warning',
  })
}
