import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { isForeseen } from '../fault.js'
import { Change, type Fill, together } from '../files/change.js'
import { type DType, sizeOf } from '../tensor.js'
import { elementBytes, npyHeader } from './npy.js'
import { entryOptions, nameInArchive } from './npz.js'

/** An array that is made while it is written, because it may be larger than memory. */
export interface LazyArray {
  readonly name: string
  readonly dtype: DType
  readonly shape: readonly number[]
  /** Its elements in row-major order, block after block. */
  readonly blocks: () => Iterable<ArrayBufferView> | AsyncIterable<ArrayBufferView>
}

async function* npyOf({ dtype, shape, blocks }: LazyArray): AsyncGenerator<Uint8Array> {
  yield npyHeader(dtype, shape)
  for await (const { buffer, byteOffset, byteLength } of blocks()) yield new Uint8Array(buffer, byteOffset, byteLength)
}

const filledWith =
  (arrays: readonly LazyArray[]): Fill =>
  async (temporary, mode) => {
    const { default: yazl } = await import('yazl')
    const zip = new yazl.ZipFile()
    const out = zip.outputStream as Readable
    const fail = (error: Error) => out.destroy(error)
    zip.on('error', fail)
    for (const array of arrays) {
      const size = npyHeader(array.dtype, array.shape).length + sizeOf(array.shape) * elementBytes(array.dtype)
      zip.addReadStreamLazy(nameInArchive(array.name), { ...entryOptions, size }, (done) =>
        done(null, Readable.from(npyOf(array), { objectMode: false, highWaterMark: 1 }).on('error', fail)),
      )
    }
    zip.end()
    await pipeline(out, createWriteStream(temporary, { flags: 'wx', mode }))
  }

/**
 * Writes NPZ archives, not packed: all of them or none. While old ones give way to new ones, there are no two of different
 * writings.
 * @param files the arrays of each archive by its path
 * @throws WriteError as `together`; what the blocks of an array throw
 */
export async function writeNpz(files: ReadonlyMap<string, readonly LazyArray[]>): Promise<void> {
  const [first = ''] = files.keys()
  try {
    await together(new Change(false), first, async (change) => {
      for (const [path, arrays] of files) await change.put(path, filledWith(arrays))
    })
  } catch (error) {
    const { cause } = error as Error
    throw isForeseen(cause) ? cause : error
  }
}
