/** A value that a rule may have. */
export interface Value {
  /** What is done, after the words of the rule: `the boxes of …`. */
  readonly says: string
  /** The formula, in the letters of the README. */
  readonly formula?: string
}

/** Something that implementations of the loss decide differently, and all that is known to be done. */
export interface Rule<V extends string = string> {
  /** What it decides. */
  readonly asks: string
  readonly values: Readonly<Record<V, Value>>
}

/** A number in a formula. */
export interface Amount {
  readonly says: string
  /** What it is where nothing else is said. */
  readonly default: number
  /** Between what a value may be fitted. */
  readonly range: readonly [least: number, most: number]
  /** Values that are in use somewhere, beside the default. */
  readonly known: readonly number[]
}

/** Numbers for scales or classes. */
export interface List {
  readonly says: string
  readonly default: readonly number[]
  readonly known: readonly (readonly number[])[]
}

/** So that the names of the values become a type. */
export const rule = <const V extends string>(record: Rule<V>): Rule<V> => record
