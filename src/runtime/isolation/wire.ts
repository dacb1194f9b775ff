/** An error as it passes between processes. */
export interface WireError {
  readonly name: string
  readonly message: string
  readonly code?: string
  readonly exitCode?: number
  readonly stack?: string
}

/** An error that happened in a child process; it keeps the name, code and exit code it had there. */
export class RemoteError extends Error {
  override readonly name: string
  readonly code: string | undefined
  readonly exitCode: number | undefined

  constructor({ name, message, code, exitCode, stack }: WireError) {
    super(message)
    this.name = name
    this.code = code
    this.exitCode = exitCode
    if (stack !== undefined) this.stack = stack
  }
}

export function toWire(error: unknown): WireError {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) }
  const { code, exitCode } = error as Partial<WireError>
  return {
    name: error.name,
    message: error.message,
    ...(typeof code === 'string' ? { code } : {}),
    ...(typeof exitCode === 'number' ? { exitCode } : {}),
    ...(error.stack === undefined ? {} : { stack: error.stack }),
  }
}
