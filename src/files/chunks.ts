import { open } from 'node:fs/promises'

/** From one place of a file to before another. */
export interface FileRange {
  readonly file: string
  readonly start: number
  readonly end: number
}

const size = 2 ** 20

/**
 * The bytes of pieces one after another, a megabyte at most at a time; from a file the next one is read meanwhile. A
 * chunk is good until the second after it is asked for.
 */
export async function* chunksOf(pieces: Iterable<Uint8Array | FileRange>): AsyncGenerator<Uint8Array> {
  for (const piece of pieces)
    if (piece instanceof Uint8Array) for (let at = 0; at < piece.length; at += size) yield piece.subarray(at, at + size)
    else yield* chunksOfFile(piece)
}

async function* chunksOfFile({ file: path, start, end }: FileRange): AsyncGenerator<Uint8Array> {
  const file = await open(path)
  const buffers = [0, 1, 2].map(() => Buffer.allocUnsafeSlow(size))
  const read = async (at: number, turn: number): Promise<Uint8Array> => {
    const chunk = (buffers[turn % 3] as Buffer).subarray(0, Math.min(size, end - at))
    for (let done = 0; done < chunk.length; ) {
      const { bytesRead } = await file.read(chunk, done, chunk.length - done, at + done)
      if (bytesRead === 0) throw Object.assign(new Error('cut short'), { code: `${path} became shorter meanwhile` })
      done += bytesRead
    }
    return chunk
  }
  const ahead = (at: number, turn: number) => {
    const chunk = read(at, turn)
    chunk.catch(() => {}) // awaited later; until then it is not unhandled
    return chunk
  }
  let next = ahead(start, 0)
  try {
    for (let at = start, turn = 0; at < end; at += size, turn++) {
      const chunk = await next
      if (at + size < end) next = ahead(at + size, turn + 1)
      yield chunk
    }
  } finally {
    await next.catch(() => {}) // one that stops early must not close the file under a read
    await file.close()
  }
}
