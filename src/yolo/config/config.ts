import type { Options } from './options.js'
import type { Schema } from './schema.js'
import type { Anchor } from './vocabulary.js'

type Optional = { [K in keyof Options]: Options[K] extends { optional: true } ? K : never }[keyof Options]
type Values<K extends keyof Options> = {
  readonly [Key in K]: Options[Key]['must'] extends Schema<infer T> ? T : never
}

/** Everything that decides what graph is made; each option is described in `options`. */
export interface LossConfig extends Values<Exclude<keyof Options, Optional>>, Partial<Values<Optional>> {}

/** A configuration as a person writes it: a preset, and whatever differs from it. */
export type ConfigInput = { readonly [K in keyof LossConfig]?: unknown } & { readonly preset?: unknown }

/** A mistake in a configuration; `key` says where. A command ends with exit code 2. */
export class ConfigError extends Error {
  readonly exitCode = 2
  override readonly name = 'ConfigError'

  constructor(
    readonly key: string,
    why: string,
  ) {
    super(`"${key}" ${why}`)
  }
}

/** Anchors of one scale, in mask order. */
export const anchorsOf = ({ anchors, anchorMask }: LossConfig, scale: number): Anchor[] =>
  (anchorMask[scale] ?? []).map((index) => anchors[index] as Anchor)
