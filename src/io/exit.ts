/** What the process ends with; the same table stands in the README. */
export const exitCodes = {
  ok: 0,
  /** A value differs, or a check failed. */
  mismatch: 1,
  /** Wrong arguments or configuration, or an output that cannot be written. */
  usage: 2,
  /** Malformed, unsafe or unsupported input. */
  input: 3,
  /** onnxruntime or the execution provider is not available. */
  runtime: 4,
  /** Out of time or memory. */
  limit: 5,
  internal: 70,
  interrupted: 130,
} as const

/** With several failures the highest code wins. */
export const worstExit = (codes: readonly number[]): number => Math.max(exitCodes.ok, ...codes)
