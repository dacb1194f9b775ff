import { spawn } from 'node:child_process'

/** How a job ended. */
export type Ending =
  | { readonly id: string; readonly done: number }
  | { readonly id: string; readonly failed: string; readonly stage: string }

export interface Ran {
  /** What the framework calls its version, if it came so far as to say. */
  readonly version: string | undefined
  readonly endings: readonly Ending[]
}

interface Said {
  readonly version?: string
  readonly began?: string
  readonly id?: string
  readonly done?: number
  readonly failed?: string
  readonly stage?: string
}

/** A runner that ended before its first word: its framework cannot be loaded here. */
export class NotStarted extends Error {}

/** The last lines a process wrote before it died. */
const tail = (text: string): string => text.trim().split('\n').slice(-2).join(' ').slice(-300)

/**
 * One process on jobs: what it says of each; of the one it died at, or was killed at for its silence, that.
 * @param seconds how long a job may take
 * @throws NotStarted
 */
export function child(command: readonly string[], seconds: number, cwd: string): Promise<Ran> {
  const [program, ...words] = command as [string, ...string[]]
  return new Promise((resolve, reject) => {
    const own = spawn(program, words, { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
    const endings: Ending[] = []
    let [version, began, buffer, errors, silent]: [string | undefined, string | undefined, string, string, boolean] = [
      undefined,
      undefined,
      '',
      '',
      false,
    ]
    const kill = () => {
      silent = true
      own.kill('SIGKILL')
    }
    let timer = setTimeout(kill, 1000 * (seconds + 60))
    const heard = (said: Said) => {
      clearTimeout(timer)
      timer = setTimeout(kill, 1000 * seconds)
      if (said.version !== undefined) version = said.version
      began = said.began
      if (said.id !== undefined) endings.push(said as Ending)
    }
    own.stdout.setEncoding('utf8').on('data', (text: string) => {
      const lines = (buffer + text).split('\n')
      buffer = lines.pop() ?? ''
      for (const line of lines) if (line.startsWith('@{')) heard(JSON.parse(line.slice(1)))
    })
    own.stderr.setEncoding('utf8').on('data', (text: string) => (errors = (errors + text).slice(-4000)))
    own.on('error', reject)
    own.on('close', (code, signal) => {
      clearTimeout(timer)
      const why = silent ? `not done after ${seconds} s` : `died (${signal ?? `exit ${code}`}) ${tail(errors)}`
      if (began !== undefined) endings.push({ id: began, failed: why, stage: 'run' })
      else if (version === undefined) return reject(new NotStarted(why))
      resolve({ version, endings })
    })
  })
}
