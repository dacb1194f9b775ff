import { escaped } from './text.js'

/** What the reader of a message needs: the place, what is wrong there, and what mends it. */
export interface Complaint {
  readonly where: string
  readonly what: string
  readonly remedy?: string
}

/** The text of a complaint: `where: what`, the remedy on a line of its own. */
export const complaintText = ({ where, what, remedy }: Complaint): string =>
  `${escaped(where)}: ${what}${remedy === undefined ? '' : `\n  hint: ${remedy}`}`

/** An input that was rejected: malformed, unsafe or unsupported. A command ends with exit code 3. */
export class InputError extends Error {
  override readonly name = 'InputError'
  readonly exitCode = 3
  readonly code: string

  constructor(code: `E_${string}`, complaint: Complaint, options?: ErrorOptions) {
    super(complaintText(complaint), options)
    this.code = code
  }
}
