import { readFileSync } from 'node:fs'
import { pack } from '../pack.js'
import type { View } from '../viewed.js'

/** Where the program of pages stands beside this file, built or not. */
const folders = ['./view/', '../../../dist/view/']

/** A file that a page consists of. */
export function asset(name: string): string {
  for (const folder of folders) {
    try {
      return readFileSync(new URL(`${folder}${name}`, import.meta.url), 'utf8')
    } catch {}
  }
  throw new Error(`${name} has not been built: npm run build`)
}

/** What a live page is told of the files beside it. */
export interface Beside {
  /** Which of onnxruntime-web are there. */
  readonly backend: string
  /** What the graph is called that lies there; absent where it is the library's own. */
  readonly graph?: string | undefined
}

/** Whether a text is a page of ours. */
export const isPage = (html: string): boolean => html.startsWith('<!doctype html>') && html.includes(title)

const title = '<title>YOLO v3 loss</title>'

/** A page of its own, which loads nothing. @param live for one that loads what makes it live */
export async function pageOf(view: View, live?: Beside): Promise<string> {
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `${title}<style>${asset('page.css')}</style>${live ? head : ''}</head><body>`,
    '<main id="page"></main>',
    '<noscript><p>The numbers of this page are packed, and a script unpacks and draws them: let it run to see them. It loads nothing.</p></noscript>',
    `<script type="text/plain" id="view">${await pack(view)}</script>`,
    `<script type="module">${asset('page.js').replaceAll('</script', '<\\/script')}</script>`,
    ...(live ? [await loading(live)] : []),
    '</body></html>\n',
  ].join('\n')
}

const head = '<link rel="icon" href="data:,"><link rel="stylesheet" href="live.css">'

const loading = async (live: Beside): Promise<string> =>
  `<script type="text/plain" id="beside">${await pack(live)}</script>\n<script type="module" src="live.js"></script>`
