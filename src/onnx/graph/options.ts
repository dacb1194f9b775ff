/** Oldest and newest opset whose operator forms the builder knows. */
export const opsetRange = { min: 11, max: 25 } as const

export interface GraphOptions {
  /** Opset of the default domain, 11 to 25; 17 by default. */
  readonly opset?: number
  /** IR version written into the file; 8 by default. */
  readonly irVersion?: number
  /** Whether it is the body of a function, whose attributes stay open; false by default. */
  readonly open?: boolean
  /** Operators that the runtime it is for lacks, and for which others stand where there are any; none by default. */
  readonly lacks?: readonly string[]
}
