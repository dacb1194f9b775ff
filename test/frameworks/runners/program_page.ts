/** page.html, given its inputs as a user gives them: tsx program_page.ts JOBS.json ENVIRONMENT */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { encodeNpy, float32 } from '../../../src/io/index.js'
import { chromiumOn } from './node/chromium.js'
import { type Named, serve } from './node/jobs.js'

const environment = process.argv[3] as string
const { version } = JSON.parse(
  readFileSync(join(environment, 'node_modules', 'onnxruntime-web', 'package.json'), 'utf8'),
)
const program = readFileSync(new URL('../../../src/cli/programs/browser/page.html', import.meta.url))
const chromium = await chromiumOn(environment, new Map([['/page.html', program]]), environment)
const { page } = chromium
await page.goto(`${chromium.origin}/page.html`)

const upload = (name: string, bytes: Uint8Array) => {
  return { name, mimeType: 'application/octet-stream', buffer: Buffer.from(bytes) }
}

/** The page tells what it shows in short by an event, and what went wrong in words alone. */
const results = `new Promise((resolve, reject) => {
  addEventListener('evaluated', ({ detail }) =>
    resolve(Object.entries(detail).map(([name, { dims, data }]) => [name, [...dims], [...data].map(String)])))
  new MutationObserver(() => reject(new Error(document.querySelector('pre').textContent)))
    .observe(document.querySelector('pre'), { childList: true })
})`

await serve(`${version} in Chromium ${chromium.version}`, async (graph) => async (feeds: Named) => {
  const told = page.evaluate(results) as Promise<[string, number[], string[]][]>
  const arrays = Object.entries(feeds).map(([name, tensor]) => upload(`${name}.npy`, encodeNpy(tensor)))
  await page.setInputFiles('input', [upload('loss.onnx', graph), ...arrays])
  return Object.fromEntries((await told).map(([name, dims, data]) => [name, float32(dims, data.map(Number))]))
})
await chromium.close()
process.exit()
