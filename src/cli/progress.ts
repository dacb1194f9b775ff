import type { Progress } from '../verify/index.js'

/** Hears of nothing. */
export const silent: Progress = { step() {}, end() {} }

/** A run shorter than this shows nothing, in milliseconds. */
const patience = 1000

/** Tells on a terminal how far a long run is; silent elsewhere, and on terminals that cannot move the cursor. */
export function progressOn(stream: NodeJS.WriteStream = process.stderr, now: () => number = Date.now): Progress {
  const begun = now()
  let shown = false
  const able = stream.isTTY === true && process.env.TERM !== 'dumb'
  return {
    step(done, total, what) {
      if (!able || now() - begun < patience) return
      const text = `${done}/${total} ${what}`.slice(0, Math.max(stream.columns - 1, 10))
      stream.write(`\r\u001b[K${text}`)
      shown = true
    },
    end() {
      if (shown) stream.write('\r\u001b[K')
    },
  }
}
