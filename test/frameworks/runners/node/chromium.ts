import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { join, normalize } from 'node:path'

const types: Readonly<Record<string, string>> = {
  mjs: 'text/javascript',
  json: 'application/json',
  wasm: 'application/wasm',
  html: 'text/html',
}

/** A file that a page is given to upload. */
export interface Upload {
  readonly name: string
  readonly mimeType: string
  readonly buffer: Buffer
}

/** What is used of a page of playwright-core, which is no dependency of the project. */
export interface Page {
  goto(url: string): Promise<unknown>
  evaluate(expression: string): Promise<unknown>
  setInputFiles(selector: string, files: readonly Upload[]): Promise<void>
  textContent(selector: string): Promise<string | null>
}

interface Playwright {
  readonly chromium: {
    launch(options: object): Promise<{ newPage(): Promise<Page>; version(): string; close(): Promise<void> }>
  }
}

/** What a page may ask for: files made in memory, by path, before those of a folder. */
export type Made = ReadonlyMap<string, string | Uint8Array>

async function served(made: Made, folder: string): Promise<string> {
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? '/', 'http://localhost').pathname)
    response.setHeader('Content-Type', types[path.split('.').at(-1) ?? ''] ?? 'application/octet-stream')
    try {
      response.end(made.get(path) ?? readFileSync(join(folder, path)))
    } catch {
      response.writeHead(404).end()
    }
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const software = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader', '--enable-features=Vulkan']
const quiet = ['--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update']

/** Headless Chromium by the playwright-core of an environment, and a server for its page. */
export async function chromiumOn(environment: string, made: Made, folder: string, webgpu = false) {
  const origin = await served(made, folder)
  const { chromium }: Playwright = createRequire(join(environment, 'package.json'))('playwright-core')
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', ...quiet, '--disable-sync', ...(webgpu ? software : ['--disable-gpu'])],
  })
  return { origin, page: await browser.newPage(), version: browser.version(), close: () => browser.close() }
}
