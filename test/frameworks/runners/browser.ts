/** A bundle of ONNX Runtime in headless Chromium: tsx browser.ts JOBS.json ENVIRONMENT BUNDLE PROVIDER */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Tensor } from '../../../src/io/index.js'
import { chromiumOn } from './node/chromium.js'
import { type Named, serve } from './node/jobs.js'

const [, , , environment, bundle, provider] = process.argv as [string, string, string, string, string, string]
const folder = join(environment, 'node_modules', 'onnxruntime-web')
const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))

/** A tensor as it crosses between Node and a page: its bytes in base64. */
interface Packed {
  readonly name: string
  readonly dtype: string
  readonly shape: readonly number[]
  readonly data: string
}

/** What the page asks for beside the bundles: the graph and the inputs of the job that runs. */
const made = new Map<string, string | Uint8Array>([
  ['/page.html', '<!doctype html><title>loss</title>'],
  ['/page.mjs', readFileSync(new URL('node/page.mjs', import.meta.url))],
])

const chromium = await chromiumOn(environment, made, join(folder, 'dist'), provider === 'webgpu')
const { page } = chromium
await page.goto(`${chromium.origin}/page.html`)

const packed = (data: Tensor['data']): string =>
  Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64')

/** Typed arrays by element type, as far as the loss has them. */
const arrays = {
  float32: Float32Array,
  int64: BigInt64Array,
  int32: Int32Array,
  bool: Uint8Array,
  float64: Float64Array,
}

function unpacked({ dtype, shape, data }: Packed): Tensor {
  const bytes = Uint8Array.from(Buffer.from(data, 'base64'))
  return { dtype, shape, data: new arrays[dtype as keyof typeof arrays](bytes.buffer) } as Tensor
}

await serve(`${version} in Chromium ${chromium.version}`, async (graph) => async (feeds: Named) => {
  const given = Object.entries(feeds).map(([name, { data, ...tensor }]) => ({ name, ...tensor, data: packed(data) }))
  made.set('/graph', graph).set('/job.json', JSON.stringify({ bundle: `/${bundle}`, provider, given }))
  const results = (await page.evaluate("import('/page.mjs').then(({ run }) => run())")) as Packed[]
  return Object.fromEntries(results.map((result) => [result.name, unpacked(result)]))
})
await chromium.close()
process.exit()
