import { createReadStream, statSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import { pipeline } from 'node:stream'
import { Fault } from '../../io/index.js'

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.onnx': 'application/octet-stream',
}

/** Scripts of the page alone, and no text that becomes one; WebAssembly starts its threads from blobs. */
const policy = [
  "default-src 'none'",
  "script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval' blob:",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "connect-src 'self' data: blob:",
  "worker-src 'self' blob:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** Isolated, a page may share memory among threads. */
const headers: Readonly<Record<string, string>> = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Content-Security-Policy': policy,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-store',
}

const localhost = '127.0.0.1'

/** A server that runs. */
export interface Served {
  readonly address: string
  /** Ends it at once, whoever still reads. */
  readonly close: () => Promise<void>
}

/** A port that cannot be had. Exit code 2. */
export class PortError extends Fault<'E_PORT'> {
  override readonly name = 'PortError'
}

/**
 * Serves files of a folder to this machine alone, read anew at each request.
 * @param names which of its files; there are no others, whatever a request asks for
 * @param port 0 for any that is free
 * @throws PortError
 */
export async function serve(folder: string, names: readonly string[], port = 0): Promise<Served> {
  const known = new Set(names)
  const server = createServer((request, response) => answer(folder, known, request, response))
  await listening(server, port)
  const own = (server.address() as AddressInfo).port
  return {
    address: `http://${localhost}:${own}/`,
    close: () =>
      new Promise((done) => {
        server.close(() => done())
        server.closeAllConnections()
      }),
  }
}

const listening = (server: Server, port: number): Promise<void> =>
  new Promise((done, fail) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const what = error.code === 'EADDRINUSE' ? 'is taken' : `cannot be had (${error.code ?? error.message})`
      const remedy = 'name another, or leave it out: any that is free'
      fail(new PortError('usage', 'E_PORT', { where: `port ${port}`, what, remedy }, { cause: error }))
    })
    server.listen(port, localhost, () => done())
  })

function answer(folder: string, known: ReadonlySet<string>, request: IncomingMessage, response: ServerResponse): void {
  const refuse = (code: number, why: string, more: Readonly<Record<string, string>> = {}) =>
    response.writeHead(code, { ...headers, 'Content-Type': 'text/plain; charset=utf-8', ...more }).end(`${why}\n`)
  // A name that somebody lets point here would make another page's scripts those of this one.
  if (!isOwn(request)) return void refuse(403, 'asked for by another name than this address')
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return void refuse(405, 'files are only read here', { Allow: 'GET, HEAD' })
  const name = nameIn(request.url ?? '/')
  const size = name !== undefined && known.has(name) ? sizeOf(join(folder, name)) : undefined
  if (name === undefined || size === undefined) return void refuse(404, 'there is no such file here')
  const type = types[extname(name)] ?? 'application/octet-stream'
  response.writeHead(200, { ...headers, 'Content-Type': type, 'Content-Length': size })
  if (request.method === 'HEAD') return void response.end()
  pipeline(createReadStream(join(folder, name)), response, () => {})
}

function isOwn({ headers: { host = '' }, socket: { localPort } }: IncomingMessage): boolean {
  return [localhost, 'localhost'].some((name) => host === `${name}:${localPort}`)
}

/** The file that an address names; undefined for what is no address. */
function nameIn(url: string): string | undefined {
  try {
    const path = decodeURIComponent(url.replace(/[?#].*$/s, '').slice(1))
    return path === '' ? 'index.html' : path
  } catch {
    return undefined
  }
}

function sizeOf(path: string): number | undefined {
  const found = statSync(path, { throwIfNoEntry: false })
  return found?.isFile() ? found.size : undefined
}
