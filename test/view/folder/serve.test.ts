import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { type IncomingHttpHeaders, request } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { serve } from '../../../src/view/index.js'
import { scratch } from '../../verify/cases.js'

const root = await scratch()
const folder = join(root, 'page')
mkdirSync(join(folder, 'ort'), { recursive: true })
writeFileSync(join(root, 'secret.txt'), 'secret')
writeFileSync(join(folder, 'other.txt'), 'not of the page')
const files = { 'index.html': '<p>page', 'live.js': '0', 'ort/a.mjs': '1', 'ort/a.wasm': '\0asm', 'loss.onnx': 'o' }
for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
symlinkSync(join(root, 'secret.txt'), join(folder, 'link.txt'))
const served = await serve(folder, [...Object.keys(files), 'gone.txt'])
const { port } = new URL(served.address)

afterAll(() => served.close())

interface Answer {
  readonly code: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

/** Asks for a path as it is written, which fetch would tidy up. */
const ask = (path: string, how: { readonly method?: string; readonly host?: string } = {}): Promise<Answer> =>
  new Promise((done, fail) => {
    const { method = 'GET', host = `127.0.0.1:${port}` } = how
    const asked = request({ host: '127.0.0.1', port, path, method, headers: { host } }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk
      })
      response.on('end', () => done({ code: response.statusCode ?? 0, headers: response.headers, text }))
    })
    asked.on('error', fail).end()
  })

describe('the server of a page', () => {
  it.each([
    ['/', 'index.html', 'text/html; charset=utf-8'],
    ['/live.js', 'live.js', 'text/javascript; charset=utf-8'],
    ['/ort/a.mjs', 'ort/a.mjs', 'text/javascript; charset=utf-8'],
    ['/ort/a.wasm?v=1', 'ort/a.wasm', 'application/wasm'],
    ['/loss.onnx#x', 'loss.onnx', 'application/octet-stream'],
  ])('gives %s as what it is', async (path, name, type) => {
    const { code, headers, text } = await ask(path)
    expect([code, text, headers['content-type']]).toEqual([200, files[name as keyof typeof files], type])
    expect(headers['content-length']).toBe(String(text.length))
  })

  it('isolates the page, so that it may use threads, and lets it load nothing from elsewhere', async () => {
    const { headers } = await ask('/')
    expect(headers).toMatchObject({
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
      'x-content-type-options': 'nosniff',
    })
    expect(headers['content-security-policy']).toContain("default-src 'none'")
    expect(headers['content-security-policy']).not.toContain("'unsafe-eval'")
  })

  it.each([
    '/../secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/ort/../../secret.txt',
    '/..\\secret.txt',
    '//etc/passwd',
    '/link.txt',
    '/other.txt',
    '/ort',
    '/ort/',
    '/gone.txt',
    '/%',
    '/index.html%00.txt',
  ])('has no %s', async (path) => {
    expect(await ask(path)).toMatchObject({ code: 404, text: 'there is no such file here\n' })
  })

  it('only reads', async () => {
    const { headers, text } = await ask('/', { method: 'HEAD' })
    expect([headers['content-length'], text]).toEqual(['7', ''])
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS'])
      expect(await ask('/', { method })).toMatchObject({ code: 405, headers: { allow: 'GET, HEAD' } })
  })

  it('answers to its own name alone, whatever name leads here', async () => {
    expect((await ask('/', { host: `localhost:${port}` })).code).toBe(200)
    for (const host of ['example.org', `example.org:${port}`, '127.0.0.1', `127.0.0.1:${port}.example.org`])
      expect((await ask('/', { host })).code).toBe(403)
  })

  it('says that a port is taken', async () => {
    await expect(serve(folder, [], Number(port))).rejects.toThrow(`port ${port}: is taken`)
    await expect(serve(folder, [], Number(port))).rejects.toMatchObject({ exitCode: 2 })
  })

  it('ends though somebody is still connected', async () => {
    const other = await serve(folder, [])
    const idle = connect(Number(new URL(other.address).port), '127.0.0.1')
    await new Promise((done) => idle.once('connect', done))
    const closed = new Promise((done) => idle.once('close', done).on('error', () => {}))
    await other.close()
    await closed
    await expect(fetch(other.address)).rejects.toThrow()
  })
})
