import { join } from 'node:path'
import { isFolder, isIncomplete, listed, namesIn, refuse, writeFolder } from '../../io/index.js'
import type { LiveBatch } from '../live/batch/batch.js'
import { packBatch } from '../live/batch/batch.js'
import { graphOf } from '../live/batch/compute.js'
import { asset, pageOf } from '../page/page.js'
import type { View } from '../viewed.js'
import { type Backend, findOrtWeb, ortFiles } from './ortweb.js'

/** What a live page is made of. */
export interface LivePage {
  readonly view: View
  readonly batch: LiveBatch
  /** The graph to begin with, and what it is called; default that of the configuration. */
  readonly graph?: { readonly name: string; readonly bytes: Uint8Array } | undefined
  readonly backend: Backend
  /** The folder of onnxruntime-web, where it is not to be looked for. */
  readonly ortWeb?: string | undefined
}

/** The page that a server gives for the folder itself. */
const first = 'index.html'

/** Beside the page, what it loads. */
const beside = { batch: 'batch.txt', graph: 'loss.onnx' } as const

/** Programs that were built for it. */
const programs = ['live.js', 'live.css', 'LICENSES.txt'] as const

const ortNotice = 'ort/LICENSE.txt'

/** The names of all files of a live page. */
export const liveFiles = (backend: Backend): string[] => [
  ...ortFiles(backend).map((name) => `ort/${name}`),
  ...Object.values(beside),
  ...programs,
  ortNotice,
  first,
]

/** @throws InputError for a folder that holds other things, of which some might have the names of ours */
function refuseOthers(folder: string): void {
  const names = isFolder(folder) ? namesIn(folder) : []
  const isOurs = isIncomplete(folder) || (names.includes(first) && names.includes(programs[0]))
  if (names.length === 0 || isOurs) return
  refuse('E_OUTPUT', folder, `it holds ${listed(names)}`, 'a live page has a folder of its own: name a new one')
}

/**
 * Writes the folder of a live page, all of it or nothing: `index.html`, what it loads, and `ort/` with onnxruntime-web.
 * @throws OrtWebError where there is no onnxruntime-web, InputError for a folder of other things, WriteError
 */
export async function writeLive(folder: string, page: LivePage): Promise<void> {
  refuseOthers(folder)
  const { view, batch, graph, backend } = page
  const ort = findOrtWeb(backend, page.ortWeb)
  const html = await pageOf(view, { backend, graph: graph?.name })
  const made: readonly (readonly [name: string, content: string | Uint8Array])[] = [
    [beside.batch, await packBatch(batch)],
    [beside.graph, graph?.bytes ?? graphOf(batch.config)],
    ...programs.map((name) => [name, asset(name)] as const),
    [ortNotice, ort.notice],
    [first, html],
  ]
  await writeFolder(folder, async (to) => {
    for (const name of ort.files) await to.copy(join(ort.dist, name), join(folder, 'ort', name))
    for (const [name, content] of made) await to.write(join(folder, name), content)
  })
}
