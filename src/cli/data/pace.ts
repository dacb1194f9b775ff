import { setImmediate } from 'node:timers/promises'
import type { Progress } from '../../verify/index.js'

/** Work without a pause may last so long, in milliseconds: a signal is heard only between two stretches. */
const stretch = 50

/**
 * Lets signals in, and tells how far the work is, now and then: to be awaited at each step of long work.
 * @param total of steps @param what they are
 */
export function paceOf(progress: Progress, total: number, what: string): (done: number) => Promise<void> | undefined {
  let since = performance.now()
  return (done) => {
    if (performance.now() - since < stretch) return undefined
    progress.step(done, total, what)
    return setImmediate().then(() => {
      since = performance.now()
    })
  }
}
