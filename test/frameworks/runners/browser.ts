/** A bundle of ONNX Runtime in headless Chromium: tsx browser.ts JOBS.json ENVIRONMENT BUNDLE PROVIDER */
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { join, normalize } from 'node:path'
import type { Tensor } from '../../../src/io/index.js'
import { type Named, serve } from './node/jobs.js'

const [, , , environment, bundle, provider] = process.argv as [string, string, string, string, string, string]
const folder = join(environment, 'node_modules', 'onnxruntime-web')
const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))

const types: Readonly<Record<string, string>> = {
  mjs: 'text/javascript',
  json: 'application/json',
  wasm: 'application/wasm',
  html: 'text/html',
}

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

const server = createServer((request, response) => {
  const path = normalize(new URL(request.url ?? '/', 'http://localhost').pathname)
  response.setHeader('Content-Type', types[path.split('.').at(-1) ?? ''] ?? 'application/octet-stream')
  try {
    response.end(made.get(path) ?? readFileSync(join(folder, 'dist', path)))
  } catch {
    response.writeHead(404).end()
  }
}).listen(0, '127.0.0.1')
await new Promise((resolve) => server.once('listening', resolve))

/** What is used of playwright-core, which is no dependency of the project. */
interface Playwright {
  readonly chromium: {
    launch(options: object): Promise<{ newPage(): Promise<Page>; version(): string; close(): Promise<void> }>
  }
}

interface Page {
  goto(url: string): Promise<unknown>
  evaluate(expression: string): Promise<unknown>
}

const software = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader', '--enable-features=Vulkan']
const quiet = ['--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update']
const { chromium }: Playwright = createRequire(join(environment, 'package.json'))('playwright-core')
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', ...quiet, '--disable-sync', ...(provider === 'webgpu' ? software : ['--disable-gpu'])],
})
const page = await browser.newPage()
await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/page.html`)

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

await serve(`${version} in Chromium ${browser.version()}`, async (graph) => async (feeds: Named) => {
  const given = Object.entries(feeds).map(([name, { data, ...tensor }]) => ({ name, ...tensor, data: packed(data) }))
  made.set('/graph', graph).set('/job.json', JSON.stringify({ bundle: `/${bundle}`, provider, given }))
  const results = (await page.evaluate("import('/page.mjs').then(({ run }) => run())")) as Packed[]
  return Object.fromEntries(results.map((result) => [result.name, unpacked(result)]))
})
await browser.close()
process.exit()
