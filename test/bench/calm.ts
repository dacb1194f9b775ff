import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

// A turn in which processes waited for a processor for more than this part of it is not counted.
const disturbed = 0.1
const pause = 300

/** Microseconds in which some process of the machine waited for a processor; 0 where the kernel does not tell, or where it does not matter. */
function stalled(): number {
  if (process.env.BENCH_BUSY === '1') return 0
  try {
    return Number(/^some .*total=(\d+)/m.exec(readFileSync('/proc/pressure/cpu', 'utf8'))?.[1] ?? 0)
  } catch {
    return 0
  }
}

/** Repeats what other processes disturb, as long as its patience lasts. */
export class Calm {
  #patience: number
  /** Turns that were kept although disturbed, because the patience was at its end. */
  kept = 0

  /** @param patience seconds to spend on repetitions and pauses in all */
  constructor(patience: number) {
    this.#patience = patience * 1000
  }

  /** The first undisturbed result of `turn`, or the least disturbed one. */
  async of<T>(turn: () => Promise<T>): Promise<T> {
    let best: { result: T; part: number } | undefined
    for (;;) {
      const [before, from] = [stalled(), performance.now()]
      const result = await turn()
      const spent = performance.now() - from
      const part = (stalled() - before) / (1000 * spent)
      if (!best || part < best.part) best = { result, part }
      if (best.part <= disturbed) return best.result
      if (this.#patience <= 0) break
      await sleep(pause)
      this.#patience -= spent + pause
    }
    this.kept++
    return best.result
  }
}
