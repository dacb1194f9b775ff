import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, statSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { scratch } from '../../verify/cases.js'

const root = await scratch()
const program = fileURLToPath(new URL('./holder.ts', import.meta.url))
const begun: ChildProcess[] = []
afterEach(() => {
  for (const holder of begun.splice(0)) holder.kill('SIGKILL')
})

/** Starts the program with a folder of its own for temporary files, and waits for its child to be at work. */
async function held(seconds: number) {
  const tmp = mkdtempSync(join(root, 'tmp-'))
  const holder = spawn(process.execPath, [program, String(seconds)], { env: { ...process.env, TMPDIR: tmp } })
  begun.push(holder)
  let text = ''
  holder.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
  })
  await expect.poll(() => text, { timeout: 40_000 }).toMatch(/^\d+\n/)
  const scratchOf = () => readdirSync(tmp).filter((name) => /^yolo-loss-\w{6}$/.test(name))
  return { holder, child: Number.parseInt(text, 10), said: () => text, tmp, scratchOf }
}

/** Whether a process computes still; one that has ended counts for nothing, though nobody has asked for its code. */
function lives(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

describe.runIf(process.platform === 'linux')('a child at work', () => {
  it.each(['SIGKILL', 'SIGQUIT'] as const)('does not outlive a parent that %s ended', async (signal) => {
    const { holder, child } = await held(600)
    expect(lives(child)).toBe(true)
    holder.kill(signal)
    // It takes a quarter of a second, and here the machine may be busy.
    await expect.poll(() => lives(child), { timeout: 10_000, interval: 50 }).toBe(false)
  })

  it('ends itself at its deadline when its parent is stopped, which learns that when it goes on', {
    timeout: 120_000,
  }, async () => {
    const { holder, child, said } = await held(12)
    holder.kill('SIGSTOP')
    await expect.poll(() => lives(child), { timeout: 60_000, interval: 50 }).toBe(false)
    holder.kill('SIGCONT')
    await expect.poll(said, { timeout: 10_000 }).toBe(`${child}\nE_TIMEOUT\n`)
  })

  it('tells by a heartbeat that its folder is in use', async () => {
    const { tmp, scratchOf } = await held(600)
    const heartbeat = join(tmp, scratchOf()[0] as string, 'heartbeat')
    utimesSync(heartbeat, 0, 0)
    await expect.poll(() => statSync(heartbeat).mtimeMs, { timeout: 10_000 }).toBeGreaterThan(0)
  })
})
