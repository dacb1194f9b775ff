import { exitCodes, harmless, isForeseen } from '../io/index.js'

/** Tells what went wrong on stderr and gives the exit code; `verbose` adds the cause and where it was thrown. */
export function complain(error: unknown, verbose: boolean): number {
  const known = isForeseen(error)
  const text = harmless(error instanceof Error ? error.message : String(error))
  process.stderr.write(`yolo-loss: ${known ? '' : 'internal error: '}${text}\n`)
  if (verbose && error instanceof Error) process.stderr.write(harmless(`${error.stack}\n${causes(error)}`))
  else if (!known) process.stderr.write('  hint: run it again with -v and report what it shows\n')
  return known ? error.exitCode : exitCodes.internal
}

const causes = ({ cause }: Error): string =>
  cause instanceof Error
    ? `caused by: ${cause.stack}\n${causes(cause)}`
    : cause === undefined
      ? ''
      : `caused by: ${cause}\n`
