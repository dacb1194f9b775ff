import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** A path inside the project. */
export const at = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))

/** The command line as users have it, built. */
export const command = at('dist/yolo-loss.js')

const middle = (xs: readonly number[]): number => xs.toSorted((a, b) => a - b)[xs.length >> 1] as number

/**
 * Seconds that a Node process takes, from its start to its end; its processor time on a busy machine.
 * @throws Error when it fails: failing is fast
 */
function seconds(args: readonly string[], busy: boolean): number {
  const timed = '/usr/bin/time'
  const counted = busy && existsSync(timed)
  const [file, more] = counted ? [timed, ['-f', '%U %S', process.execPath]] : [process.execPath, []]
  const start = performance.now()
  const { status, stderr } = spawnSync(file, [...more, ...args], { encoding: 'utf8' })
  const wall = (performance.now() - start) / 1000
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr.trim().slice(-300)}`)
  if (!counted) return wall
  const [user = 0, system = 0] = (stderr.trim().split('\n').at(-1) ?? '').split(' ').map(Number)
  return user + system
}

/** Medians over interleaved turns: of the seconds of each process, and of what `ratio` makes of those of one turn. */
export function race(
  processes: readonly (readonly string[])[],
  ratio: (...times: number[]) => number,
  turns: number,
  busy: boolean,
): { readonly times: number[]; readonly ratio: number } {
  const rounds = Array.from({ length: turns }, () => processes.map((args) => seconds(args, busy)))
  return {
    times: processes.map((_, i) => middle(rounds.map((times) => times[i] as number))),
    ratio: middle(rounds.map((times) => ratio(...times))),
  }
}

export const verdict = (value: number, most: number): string => (value <= most ? 'reached' : 'MISSED ')
