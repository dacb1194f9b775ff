/** What the process ends with; the same table stands in the README. */
export const exitCodes = {
  ok: 0,
  /** A value differs, a check failed, or, where that is asked for, there is a note. */
  mismatch: 1,
  /** Wrong arguments or configuration, or an output that cannot be written. */
  usage: 2,
  /** Malformed, unsafe or unsupported input. */
  input: 3,
  /** onnxruntime or the execution provider is not available. */
  runtime: 4,
  /** Out of time or memory. */
  limit: 5,
  /** Nothing differs, but something was not compared. */
  incomplete: 6,
  internal: 70,
  interrupted: 130,
} as const

/** From what a caller must hear of first. */
const precedence: readonly number[] = [
  exitCodes.interrupted,
  exitCodes.internal,
  exitCodes.limit,
  exitCodes.runtime,
  exitCodes.input,
  exitCodes.usage,
  exitCodes.mismatch,
  exitCodes.incomplete,
]

/** The code of several results: the one that weighs most; an incomplete comparison only where nothing failed. */
export const worstExit = (codes: readonly number[]): number =>
  precedence.find((code) => codes.includes(code)) ?? Math.max(exitCodes.ok, ...codes)
