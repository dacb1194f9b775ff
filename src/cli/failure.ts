import type { CommanderError } from 'commander'
import { exitCodes, harmless, isForeseen } from '../io/index.js'

/** How a command that fails says so. */
export interface Telling {
  /** Adds the cause and where it was thrown. */
  readonly verbose: boolean
  /** As an object on stdout, where the result would have been, in place of words on stderr. */
  readonly json: boolean
}

/** A failure as programs read it. */
interface Failure {
  readonly code: string
  readonly message: string
  readonly remedy?: string | undefined
}

const toJson = (error: Failure): string => `${JSON.stringify({ error }, null, 2)}\n`

/** What commander says of arguments that it cannot take; its guess at what was meant is the remedy. */
function ofUsage({ message }: CommanderError): Failure {
  const [first = '', ...guess] = message.replace(/^error: /, '').split('\n')
  const remedy = guess.join(' ').replace(/^\((.*)\)$/, '$1')
  return { code: 'E_USAGE', message: harmless(first), ...(remedy && { remedy: harmless(remedy) }) }
}

function ofError(error: unknown): Failure {
  if (isForeseen(error)) {
    const { code, lead: message, remedy } = error
    return { code, message, ...(remedy !== undefined && { remedy: harmless(remedy) }) }
  }
  const message = harmless(error instanceof Error ? error.message : String(error))
  return { code: 'E_INTERNAL', message: `internal error: ${message}`, remedy: again }
}

const again = 'run it again with -v and report what it shows'

/** Tells what went wrong and gives the exit code. */
export function complain(error: unknown, { verbose, json }: Telling): number {
  const known = isForeseen(error)
  const text = harmless(error instanceof Error ? error.message : String(error))
  if (json) process.stdout.write(toJson(ofError(error)))
  else process.stderr.write(`yolo-loss: ${known ? '' : 'internal error: '}${text}\n`)
  if (verbose && error instanceof Error) process.stderr.write(harmless(`${error.stack}\n${causes(error)}`))
  else if (!known && !json) process.stderr.write(`  hint: ${again}\n`)
  return known ? error.exitCode : exitCodes.internal
}

/** The exit code of what commander ended; in words it has told its errors itself. */
export function ended(error: CommanderError, { json }: Pick<Telling, 'json'>): number {
  if (error.exitCode === 0) return exitCodes.ok
  if (json) process.stdout.write(toJson(ofUsage(error)))
  return exitCodes.usage
}

const causes = ({ cause }: Error): string =>
  cause instanceof Error
    ? `caused by: ${cause.stack}\n${causes(cause)}`
    : cause === undefined
      ? ''
      : `caused by: ${cause}\n`
