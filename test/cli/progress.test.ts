import { PassThrough } from 'node:stream'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { progressOn } from '../../src/cli/progress.js'

/** A stream that keeps what is written, with or without a terminal's gifts. */
function stream(isTTY: boolean, columns = 80): NodeJS.WriteStream & { text: () => string } {
  const written: string[] = []
  const made = Object.assign(new PassThrough(), { isTTY, columns, text: () => written.join('') })
  made.on('data', (chunk: Buffer) => written.push(chunk.toString()))
  return made as unknown as NodeJS.WriteStream & { text: () => string }
}

describe('progress', () => {
  afterEach(() => vi.unstubAllEnvs())
  const clock =
    (...times: number[]) =>
    () =>
      times.shift() ?? 0

  it('is shown on a terminal once a run takes more than a second, and wiped in the end', () => {
    vi.stubEnv('TERM', 'xterm')
    const out = stream(true)
    const progress = progressOn(out, clock(0, 900, 1100))
    progress.step(1, 3, 'cpu')
    expect(out.text()).toBe('')
    progress.step(2, 3, 'cpu')
    expect(out.text()).toBe('\r\u001b[K2/3 cpu')
    progress.end()
    expect(out.text().endsWith('\r\u001b[K')).toBe(true)
  })

  it.each([
    ['in a pipe', false, 'xterm'],
    ['on a terminal that cannot move the cursor', true, 'dumb'],
  ])('is silent %s', (_, isTTY, term) => {
    vi.stubEnv('TERM', term)
    const out = stream(isTTY)
    const progress = progressOn(out, clock(0, 5000))
    progress.step(1, 2, 'cpu')
    progress.end()
    expect(out.text()).toBe('')
  })

  it('keeps to a narrow terminal', () => {
    vi.stubEnv('TERM', 'xterm')
    const out = stream(true, 20)
    progressOn(out, clock(0, 5000)).step(1, 2, 'a provider of a very long name')
    expect(out.text()).toBe('\r\u001b[K1/2 a provider of a')
  })
})
