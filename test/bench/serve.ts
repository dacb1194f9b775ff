import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** Whether others use the machine: one thread then, and processor time. */
export const busy = process.env.BENCH_BUSY === '1'

/** Nanoseconds of wall time, or of processor time. */
function now(): number {
  if (!busy) return performance.now() * 1e6
  const { user, system } = process.cpuUsage()
  return 1000 * (user + system)
}

const status = (key: string): number =>
  1024 *
  Number(new RegExp(`^${key}:\\s+(\\d+)`, 'm').exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? Number.NaN)

/** A float32 tensor of a case. */
export function readFloats(folder: string, name: string): Float32Array {
  const bytes = readFileSync(join(folder, `${name}.f32`))
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4)
}

/** Tells the peak of memory beyond what is there now. */
export function memoryFromNow(): () => number {
  writeFileSync('/proc/self/clear_refs', '5') // VmHWM starts anew
  const before = status('VmHWM')
  return () => status('VmHWM') - before
}

/** `n` times of `run`, after one that is not timed. */
export async function timesOf(run: () => unknown, n: number): Promise<number[]> {
  await run()
  const times: number[] = []
  for (let i = 0; i < n; i++) {
    const from = now()
    await run()
    times.push(Math.round(now() - from))
  }
  return times
}

/** Answers until stdin ends. */
export async function serve(commands: Record<string, (n: number) => Promise<readonly number[]>>): Promise<void> {
  process.stdout.write('ready\n')
  for await (const line of createInterface({ input: process.stdin })) {
    const [command = '', n = '0'] = line.split(' ')
    const answer = await commands[command]?.(Number(n))
    process.stdout.write(`${answer?.join(' ')}\n`)
  }
}
