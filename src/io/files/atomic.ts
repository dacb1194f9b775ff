import { writeSync } from 'node:fs'
import { access, constants as modes, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { Change, existing, type Fill, together } from './change.js'
import { writeFailure } from './failure.js'

/**
 * Refuses files that could not be written, before the first of several is.
 * @throws WriteError for the first of them
 */
export async function expectWritable(paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const checked = existing(path).then(() => access(dirname(path), modes.W_OK))
    await checked.catch((error: unknown) => {
      throw writeFailure(error, path)
    })
  }
}

// Bytes between two looks at what else there is to do, such as a signal.
const stretch = 2 ** 24

/** A file in one piece or several. */
export type Content = Uint8Array | string | Iterable<Uint8Array>

function piecesOf(content: Content): Iterable<Uint8Array> {
  const whole = typeof content === 'string' ? new TextEncoder().encode(content) : content
  return whole instanceof Uint8Array ? [whole] : whole
}

/**
 * Writes a new file. Waiting for each chunk, which the system only copies, would take longer than writing it; short
 * writes are continued.
 */
export const filledWith =
  (content: Content): Fill =>
  async (path, mode) => {
    const file = await open(path, 'wx', mode)
    let since = 0
    try {
      for (const chunk of piecesOf(content))
        for (let at = 0; at < chunk.length; ) {
          const count = writeSync(file.fd, chunk, at, Math.min(stretch, chunk.length - at))
          at += count
          since += count
          if (since >= stretch) since = await setImmediate(0)
        }
    } finally {
      await file.close()
    }
  }

/**
 * Writes a file, whole or not at all, so that a disk that fills up is an error: under a temporary name beside it, fsync,
 * then rename.
 * @throws WriteError as `together`
 */
export const writeAtomic = (path: string, content: Content): Promise<void> =>
  together(new Change(false), path, (change) => change.put(path, filledWith(content)))
