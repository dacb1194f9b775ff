import { basename } from 'node:path'
import { readModel } from '../../onnx/index.js'
import { type Feeds, runOnce } from '../../runtime/index.js'
import { besideReference, lossConfigOf } from '../../verify/index.js'
import { pageOf, type Side, sideOf } from '../../view/index.js'
import { ConfigError, type LossConfig } from '../../yolo/index.js'
import { placeOf } from '../groups/run.js'
import { madeBy } from './casepages.js'

/** A graph that is held against another. */
export interface Parting {
  readonly file: string
  readonly bytes: Uint8Array
}

/** What a graph says that it computes, or else what the other does. @throws ConfigError where neither says it is a loss */
export function configsOf(graphs: readonly Parting[]): readonly LossConfig[] {
  const own = graphs.map(({ file, bytes }) => lossConfigOf(readModel(bytes, file).metadata))
  const known = own.find((config) => config !== undefined)
  if (!known || own.some((config) => (config ?? known).graph !== 'loss'))
    throw new ConfigError('html', 'shows losses cell by cell, and these graphs do not say that they are: leave it out')
  return own.map((config) => config ?? known)
}

/**
 * Two graphs on the same inputs as a page, each beside the reference.
 * @param words what parts them
 * @throws InputError where the inputs are not those of a loss from logits
 */
export async function diffPage(
  graphs: readonly Parting[],
  feeds: Feeds,
  words: string,
  given: Parameters<typeof placeOf>[0],
): Promise<string> {
  const configs = configsOf(graphs)
  const sides: Side[] = []
  for (const [i, { file, bytes }] of graphs.entries()) {
    const config = configs[i] as LossConfig
    const { outputs } = await runOnce(placeOf(given), { file, model: bytes, feeds })
    const side = sideOf({
      name: basename(file),
      config,
      feeds,
      beside: besideReference(config, feeds, outputs, given.ep),
      graph: basename(file),
    })
    sides.push({ ...side, findings: [{ text: words }, ...side.findings] })
  }
  return pageOf({ title: sides.map(({ name }) => name).join(' and '), made: madeBy, sides })
}
