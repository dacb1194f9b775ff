import { escaped, Fault } from '../../io/index.js'
import type { Options } from './options.js'
import type { Schema } from './schema.js'
import type { Anchor } from './vocabulary.js'

type Optional<O> = { [K in keyof O]: O[K] extends { optional: true } ? K : never }[keyof O]
// Generic in the table, so that the comments on its keys become those of the values.
type Values<O, K extends keyof O> = { readonly [P in K]: O[P] extends { must: Schema<infer T> } ? T : never }
type Needed<O> = Values<O, Exclude<keyof O, Optional<O>>>

/** Everything that decides what graph is made; each option is described in `options`. */
export interface LossConfig extends Needed<Options>, Partial<Values<Options, Optional<Options>>> {}

/** A configuration as a person writes it: a preset, and whatever differs from it. */
export type ConfigInput = { readonly [K in keyof LossConfig]?: unknown } & { readonly preset?: unknown }

interface ConfigErrorOptions {
  /** The file that the value comes from. */
  readonly file?: string | undefined
  readonly hint?: string | undefined
  /** Whether the value is not there at all. */
  readonly absent?: boolean | undefined
}

/** A mistake in a configuration; `key` says where. A command ends with exit code 2. */
export class ConfigError extends Fault<'E_CONFIG', 'usage'> {
  override readonly name = 'ConfigError'
  /** Whether the value is not there at all. */
  readonly absent: boolean

  constructor(
    readonly key: string,
    readonly why: string,
    { file, hint, absent = false }: ConfigErrorOptions = {},
  ) {
    const lead = `${file === undefined ? '' : `${file}: `}"${key}" ${why}`
    super('usage', 'E_CONFIG', { where: key, what: why, remedy: hint }, { lead: escaped(lead) })
    this.absent = absent
  }
}

/** Anchors of one scale, in mask order. */
export const anchorsOf = ({ anchors, anchorMask }: LossConfig, scale: number): Anchor[] =>
  (anchorMask[scale] ?? []).map((index) => anchors[index] as Anchor)
