import { closeSync, openSync, readSync } from 'node:fs'

/** From one place of a file to before another. */
export interface FileRange {
  readonly file: string
  readonly start: number
  readonly end: number
}

// Fits the second cache, from which it is then written.
const size = 2 ** 18

/** The bytes of pieces one after another, little by little. A chunk is good until the next is asked for. */
export function* chunksOf(pieces: Iterable<Uint8Array | FileRange>): Generator<Uint8Array> {
  for (const piece of pieces)
    if (piece instanceof Uint8Array) for (let at = 0; at < piece.length; at += size) yield piece.subarray(at, at + size)
    else yield* chunksOfFile(piece)
}

function* chunksOfFile({ file: path, start, end }: FileRange): Generator<Uint8Array> {
  const file = openSync(path, 'r')
  const buffer = Buffer.allocUnsafeSlow(size)
  try {
    for (let at = start; at < end; ) {
      const count = readSync(file, buffer, 0, Math.min(size, end - at), at)
      if (count === 0) throw Object.assign(new Error('cut short'), { code: `${path} became shorter meanwhile` })
      yield buffer.subarray(0, count)
      at += count
    }
  } finally {
    closeSync(file)
  }
}
