import { InputError } from '../errors.js'

/** Refuses an array file; nothing of it is used. */
export function refuse(code: `E_${string}`, where: string, what: string, remedy?: string, cause?: unknown): never {
  throw new InputError(code, { where, what, ...(remedy === undefined ? {} : { remedy }) }, { cause })
}
