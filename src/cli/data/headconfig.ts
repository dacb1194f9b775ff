import { dirname } from 'node:path'
import { fixedByHeads, newHeads } from '../../attach/index.js'
import { type HeadOptions, openSource } from '../../detector/index.js'
import { readBytes } from '../../io/index.js'
import { ConfigError, type LossConfig } from '../../yolo/index.js'
import { type Configured, configFrom } from '../groups/config.js'
import type { Given } from '../groups/flag.js'

/** What a form of fixed sizes needs, and what stands for it while the heads are looked for, which it does not change. */
const anySizes = { batch: 1, input: [32, 32] } as const

const isSize = (key: string): key is keyof typeof anySizes => Object.hasOwn(anySizes, key)

/** Whether an error says that nobody gave a size. */
const isUnsized = (error: unknown): boolean => error instanceof ConfigError && error.absent && isSize(error.key)

/** How heads are found, and the seed of those that are to be new. */
interface Asked extends HeadOptions {
  readonly newHeads?: number | undefined
}

/** The detector with the heads that the loss will see. */
async function withHeads(file: string, config: LossConfig, { newHeads: seed, heads }: Asked): Promise<Uint8Array> {
  if (seed === undefined) return (await openSource(file)).bytes
  const how = { seed, file, folder: dirname(file), ...(heads && { heads }) }
  return newHeads(await readBytes(file), config, how).bytes
}

/**
 * The configuration of flags for a loss behind a detector: the sizes that its form needs and nobody gave are those of the
 * heads, before those of a Darknet file, which are of the network it describes.
 * @throws ConfigError as `configFrom`, for sizes that the heads leave open too; InputError for heads that cannot be told
 */
export async function configForHeads(flags: Given, file: string, options: Asked): Promise<Configured> {
  try {
    return configFrom(flags)
  } catch (error) {
    if (!isUnsized(error)) throw error
  }
  const probe = configFrom({ ...anySizes, ...flags })
  const bytes = await withHeads(file, probe.config, options)
  const sizes = fixedByHeads(bytes, probe.config, { ...options, file, folder: dirname(file) })
  return filledUp(flags, ({ key }) => (probe.input ? { ...sizes } : { [key]: sizes[key as keyof typeof sizes] }))
}

/** Fills in what is missing, one size after another: what a file gives stays. */
function filledUp(flags: Given, sizeFor: (error: ConfigError) => Given): Configured {
  try {
    return configFrom(flags)
  } catch (error) {
    if (!(error instanceof ConfigError) || !isUnsized(error)) throw error
    const found = Object.fromEntries(Object.entries(sizeFor(error)).filter(([, size]) => size !== undefined))
    if (found[error.key] === undefined) throw error
    return filledUp({ ...found, ...flags }, sizeFor)
  }
}
