import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { refuse } from '../fault.js'
import { readFailure, readSize } from '../files/read.js'

/** Hears how many bytes of a file have been read. */
export type Tell = (done: number, total: number) => void

// Large enough that waiting costs nothing, small enough that a signal is heard between two.
const pieceSize = 2 ** 18

/**
 * The bytes of a regular file, piece by piece, so that a file may be larger than memory. No more is read than the file
 * had when it was opened: files of the system that say 0 bytes could go on for ever.
 * @throws InputError as `readSize`, and when it is unreadable
 */
export async function* piecesOf(path: string, tell: Tell = () => {}): AsyncGenerator<Uint8Array> {
  const size = await readSize(path, Number.MAX_SAFE_INTEGER)
  if (size === 0) return
  const stream = createReadStream(path, { highWaterMark: pieceSize, end: size - 1 })
  let done = 0
  try {
    for await (const piece of stream) {
      yield piece as Buffer
      done += (piece as Buffer).length
      tell(done, size)
    }
  } catch (error) {
    throw (error as NodeJS.ErrnoException).syscall === undefined ? error : readFailure(error, path)
  }
}

/**
 * The first bytes of a regular file, fewer where it is shorter.
 * @param most of them; by default enough to tell what it is
 * @throws InputError as `readSize`, and when it is unreadable or empty
 */
export async function readHead(path: string, most = 512): Promise<Uint8Array> {
  const size = Math.min(await readSize(path, Number.MAX_SAFE_INTEGER), most)
  if (size === 0) refuse('E_EMPTY', path, 'the file is empty', 'write or download it again')
  try {
    const file = await open(path)
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size), 0, size, 0).finally(() => file.close())
    return buffer.subarray(0, bytesRead)
  } catch (error) {
    throw readFailure(error, path)
  }
}
