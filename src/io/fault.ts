import { exitCodes } from './exit.js'
import { escaped, harmless } from './text.js'

/** What the reader of a message needs: the place, what is wrong there, and what mends it. */
export interface Complaint {
  readonly where: string
  readonly what: string
  readonly remedy?: string | undefined
}

/** A message with what to do about it on a line of its own. */
export const withRemedy = (text: string, remedy: string | undefined): string =>
  remedy === undefined ? text : `${text}\n  hint: ${remedy}`

type Kind = keyof typeof exitCodes

interface FaultOptions extends ErrorOptions {
  /** The message without its remedy, where that is not `where: what`. */
  readonly lead?: string
}

/** An error that is told to whoever runs a command: what it says as data, and the exit code of its kind. */
export class Fault<Code extends string = string, K extends Kind = Kind> extends Error implements Complaint {
  readonly exitCode: (typeof exitCodes)[K]
  readonly where: string
  readonly what: string
  readonly remedy: string | undefined
  /** The message without its remedy. */
  readonly lead: string

  constructor(
    readonly kind: K,
    /** Stable, for programs: `E_FILE`. */
    readonly code: Code,
    { where, what, remedy }: Complaint,
    { lead = `${escaped(where)}: ${what}`, ...options }: FaultOptions = {},
  ) {
    super(harmless(withRemedy(lead, remedy)), options)
    this.exitCode = exitCodes[kind]
    this.where = where
    this.what = what
    this.remedy = remedy
    this.lead = harmless(lead)
  }
}

/** Whether an error is one to be told as it is; any other is a mistake of ours. */
export const isForeseen = (error: unknown): error is Fault =>
  error instanceof Fault && error.exitCode !== exitCodes.internal

/** An input that was rejected: malformed, unsafe or unsupported. */
export class InputError extends Fault<string, 'input'> {
  override readonly name = 'InputError'

  constructor(code: `E_${string}`, complaint: Complaint, options?: ErrorOptions) {
    super('input', code, complaint, options)
  }
}

/** Refuses an input, with what mends it. @throws InputError always */
export function refuse(code: `E_${string}`, where: string, what: string, remedy?: string, cause?: unknown): never {
  throw new InputError(code, { where, what, remedy }, cause === undefined ? undefined : { cause })
}
