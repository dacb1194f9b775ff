import { writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import puppeteer, { type Browser, type Page } from 'puppeteer-core'
import { afterAll } from 'vitest'
import { pageOf, type View } from '../../src/view/index.js'

/** A browser without a window that ends with the tests of the file. */
export async function chromium(): Promise<Browser> {
  const browser = await puppeteer.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu'],
  })
  afterAll(() => browser.close())
  return browser
}

/** How a page is looked at. */
export interface Look {
  readonly width?: number
  readonly height?: number
  readonly scheme?: 'light' | 'dark'
}

/** A page that is open, and all that it should not have done. */
export interface Opened {
  readonly page: Page
  /** What it said on its console, what it threw, and what it loaded beside itself. */
  readonly faults: string[]
}

/** Opens a page, from a file as a user would. */
export async function open(browser: Browser, file: string, look: Look = {}, hash = ''): Promise<Opened> {
  const { width = 1400, height = 1000, scheme = 'light' } = look
  const page = await browser.newPage()
  const faults: string[] = []
  const address = pathToFileURL(file).href
  page.on('console', (message) => faults.push(`console: ${message.text()}`))
  page.on('pageerror', (error) => faults.push(`thrown: ${error}`))
  page.on('request', (request) => {
    const url = request.url()
    if (!url.startsWith(address) && !url.startsWith('data:')) faults.push(`loaded: ${url}`)
  })
  await page.setViewport({ width, height })
  await page.emulateMediaFeatures([
    { name: 'prefers-color-scheme', value: scheme },
    { name: 'prefers-reduced-motion', value: 'reduce' },
  ])
  await page.goto(`${address}${hash}`)
  await page.waitForSelector('h1')
  return { page, faults }
}

/** A view as a page in a folder. @returns its file */
export async function writePage(folder: string, name: string, view: View): Promise<string> {
  const file = join(folder, `${name}.html`)
  await writeFile(file, await pageOf(view))
  return file
}

const axe = createRequire(import.meta.url).resolve('axe-core')

/** What axe-core finds that is serious or worse, each with where. */
export async function inaccessible(page: Page): Promise<string[]> {
  await page.addScriptTag({ path: axe })
  return page.evaluate(`axe.run().then(({ violations }) => violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => id + ': ' + html.slice(0, 160) + ' ' + failureSummary)))`) as Promise<
    string[]
  >
}

/** Number of pixels by which the page is wider than the window. */
export const overflow = (page: Page): Promise<number> =>
  page.evaluate('document.documentElement.scrollWidth - innerWidth') as Promise<number>
