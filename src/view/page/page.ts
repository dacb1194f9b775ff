import { readFileSync } from 'node:fs'
import { pack } from '../pack.js'
import type { View } from '../viewed.js'

/** Where the program of pages stands beside this file, built or not. */
const folders = ['./view/', '../../../dist/view/']

function asset(name: string): string {
  for (const folder of folders) {
    try {
      return readFileSync(new URL(`${folder}${name}`, import.meta.url), 'utf8')
    } catch {}
  }
  throw new Error(`${name} has not been built: npm run build`)
}

/** A page of its own, which loads nothing. */
export async function pageOf(view: View): Promise<string> {
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>YOLO v3 loss</title><style>${asset('page.css')}</style></head><body>`,
    '<main id="page"></main>',
    '<noscript><p>The numbers of this page are packed, and a script unpacks and draws them: let it run to see them. It loads nothing.</p></noscript>',
    `<script type="text/plain" id="view">${await pack(view)}</script>`,
    `<script type="module">${asset('page.js').replaceAll('</script', '<\\/script')}</script>`,
    '</body></html>\n',
  ].join('\n')
}
