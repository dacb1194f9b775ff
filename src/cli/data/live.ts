import { basename, join } from 'node:path'
import { printable, readBytes } from '../../io/index.js'
import { type LivePage, liveFiles, type Scene, serve, type View, writeLive } from '../../view/index.js'
import { ConfigError, ofScale } from '../../yolo/index.js'
import { untilInterrupted } from '../endable.js'
import type { LiveFlags } from '../groups/liveflags.js'
import type { Shell } from '../shell.js'
import { openAddress } from './browser.js'

const backendOf = ({ webgpu }: LiveFlags) => (webgpu ? 'webgpu' : 'wasm')

/** The files that a page consists of: one, or with `--live` those of its folder. */
export const pageFiles = ({ output, ...flags }: LiveFlags & { readonly output: string }): string[] =>
  flags.live ? liveFiles(backendOf(flags)).map((name) => join(output, name)) : [output]

/** One batch with its logits, and the graph that is given for it. @throws ConfigError for anything else */
export async function livePageOf(view: View, scenes: readonly Scene[], model: readonly string[] = []) {
  const [{ config, feeds }, other] = scenes as [Scene, Scene?]
  if (other)
    throw new ConfigError('live', 'computes with one batch and one graph: leave out what they are compared with')
  if (!feeds[ofScale('y_pred', 0)])
    throw new ConfigError('live', 'computes with logits, of which there are none: name a batch')
  const [file] = model
  const graph = file === undefined ? undefined : { name: basename(file), bytes: await readBytes(file) }
  return { view, batch: { config, feeds }, graph }
}

/**
 * Writes the folder of a live page and serves it until somebody ends it, unless that is not wanted.
 * @param told hears the address once it is served, or that none is
 */
export async function goLive(
  folder: string,
  page: Omit<LivePage, 'backend' | 'ortWeb'>,
  flags: LiveFlags,
  shell: Shell,
  told: (address?: string) => void,
): Promise<void> {
  const backend = backendOf(flags)
  await writeLive(folder, { ...page, backend, ortWeb: flags.ortWeb })
  shell.note(`wrote ${printable(folder)} (${liveFiles(backend).length} files; any server can serve it)`)
  if (flags.serve === false) return told()
  const served = await serve(folder, liveFiles(backend), flags.port)
  told(served.address)
  shell.note('serving it to this machine alone; Ctrl-C ends it')
  if (flags.open) openAddress(served.address, (why) => shell.note(`note: no browser was opened: ${why}`))
  await untilInterrupted()
  await served.close()
}
