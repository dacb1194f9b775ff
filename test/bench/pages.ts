import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { lossPage } from '../../src/view/index.js'
import { sixteen } from '../view/scene/sixteen.js'
import { spreadOf } from './stats.js'

/** Opens the page in a frame, and tells when its title has changed, which its program does once it has unpacked the view. */
const probe = `<!doctype html><iframe id="f" width="1200" height="900"></iframe><script>
const from = performance.now()
const look = () => {
  if (f.contentDocument.readyState === 'complete' && f.contentDocument.title !== 'YOLO v3 loss' && f.contentDocument.title !== '')
    requestAnimationFrame(() => requestAnimationFrame(() => fetch('/done?' + (performance.now() - from))))
  else setTimeout(look, 5)
}
f.src = '/page.html'
look()
</script>`

const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--remote-debugging-port=0']

/** Milliseconds until the page is shown, in a browser that has just been started. */
function opened(page: string, seconds = 60): Promise<number> {
  const profile = mkdtempSync(join(tmpdir(), 'yolo-loss-page-'))
  return new Promise<number>((done, fail) => {
    const server = createServer(({ url = '' }, response) => {
      response.setHeader('content-type', 'text/html')
      response.end(url === '/page.html' ? page : url === '/' ? probe : '')
      if (url.startsWith('/done?')) end(() => done(Number(url.slice('/done?'.length))))
    })
    const timer = setTimeout(() => end(() => fail(new Error(`not shown after ${seconds} s`))), seconds * 1000)
    let browser: ChildProcess | undefined
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      browser = spawn('chromium', [...flags, `--user-data-dir=${profile}`, `http://127.0.0.1:${port}/`], {
        stdio: 'ignore',
      })
      browser.on('error', (error) => end(() => fail(error)))
    })
    function end(then: () => void): void {
      clearTimeout(timer)
      server.closeAllConnections()
      server.close()
      // Processes of the browser write for a while after it has ended.
      browser?.once('close', () => rm(profile, { recursive: true, force: true, maxRetries: 50, retryDelay: 100 }))
      browser?.kill()
      then()
    }
  })
}

/** How long the page of 16 images at 416 takes to be made and to open in Chromium. */
export async function pageLines(turns: number): Promise<string[]> {
  const begun = performance.now()
  const page = await lossPage(sixteen())
  const made = performance.now() - begun
  const size = (page.length / 1e6).toFixed(1)
  const head = `the page of 16 images at 416, ${size} MB: made in ${(made / 1000).toFixed(1)} s`
  try {
    const times: number[] = []
    for (let i = 0; i < turns; i++) times.push(await opened(page))
    const { median, low, high } = spreadOf(times)
    return [`${head}, opened in Chromium in ${Math.round(median)} ms [${Math.round(low)}–${Math.round(high)}]`]
  } catch (error) {
    return [head, `DID NOT RUN: opening it: ${(error as Error).message}`]
  }
}
