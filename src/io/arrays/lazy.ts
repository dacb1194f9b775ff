import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import yazl from 'yazl'
import { isForeseen } from '../fault.js'
import { replaceFile } from '../files/atomic.js'
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

/**
 * Writes an NPZ archive, not packed, whole or not at all.
 * @throws WriteError as `writeAtomic`; what the blocks of an array throw
 */
export async function writeNpz(path: string, arrays: readonly LazyArray[]): Promise<void> {
  const fill = async (temporary: string, mode: number): Promise<void> => {
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
  try {
    await replaceFile(path, fill)
  } catch (error) {
    const { cause } = error as Error
    throw isForeseen(cause) ? cause : error
  }
}
