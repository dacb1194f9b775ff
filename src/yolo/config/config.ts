import { escaped, Fault } from '../../io/index.js'
import type { ProfileName } from '../../reference/semantics/records.js'
import type { Options } from './options.js'
import type { PresetName } from './presets.js'
import type { Schema } from './schema.js'
import type { Anchor } from './vocabulary.js'

type Optional<O> = { [K in keyof O]: O[K] extends { optional: true } ? K : never }[keyof O]
// Generic in the table, so that the comments on its keys become those of the values.
type Values<O, K extends keyof O> = { readonly [P in K]: O[P] extends { must: Schema<infer T> } ? T : never }
type Needed<O> = Values<O, Exclude<keyof O, Optional<O>>>

/** Everything that decides what graph is made; each option is described in `options`. */
export interface LossConfig extends Needed<Options>, Partial<Values<Options, Optional<Options>>> {}

type Given = {
  readonly [K in Exclude<keyof LossConfig, 'weights' | 'anchors' | 'input' | 'semantics'>]?: LossConfig[K] | undefined
}

/** A configuration as a program writes it: a preset, and whatever differs from it. */
export interface TypedInput extends Given {
  /** What is not given is taken from it. */
  readonly preset?: PresetName | undefined
  /** Pairs of pixels, width before height; lists as an imported JSON file has them. */
  readonly anchors?: readonly (readonly number[])[] | undefined
  /** Fixed input size in pixels, height first. */
  readonly input?: readonly number[] | undefined
  /** Weights of the terms; 1 for those that are left out. */
  readonly weights?: Partial<LossConfig['weights']> | undefined
  /** Which implementation's loss it is, and what is different: `gluon-cv,size=squared`. */
  readonly semantics?: ProfileName | `${ProfileName},${string}` | undefined
  /** Where an editor finds the schema of a file; it means nothing else. */
  readonly $schema?: string | undefined
}

/** The same as a file has it, of which nobody has looked at the values yet. */
export type ConfigInput = { readonly [K in keyof TypedInput]?: unknown }

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
