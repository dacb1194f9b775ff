import { type AnyTensor, type ElementType, storageOf } from '../../../io/index.js'
import type { LossConfig } from '../../../yolo/index.js'
import { pack, unpack } from '../../pack.js'

/** What a live page computes with. */
export interface LiveBatch {
  readonly config: LossConfig
  /** All that a graph of the configuration takes, by name. */
  readonly feeds: Readonly<Record<string, AnyTensor>>
}

interface PackedTensor {
  readonly dtype: Exclude<ElementType, 'string'>
  readonly shape: readonly number[]
  readonly bytes: Uint8Array
}

const bytesOf = ({ dtype, shape, data }: AnyTensor): PackedTensor => {
  const { buffer, byteOffset, byteLength } = data as Float32Array
  return { dtype: dtype as PackedTensor['dtype'], shape, bytes: new Uint8Array(buffer, byteOffset, byteLength) }
}

const tensorOf = ({ dtype, shape, bytes }: PackedTensor): AnyTensor =>
  ({ dtype, shape, data: new storageOf[dtype](bytes.slice().buffer) }) as AnyTensor

const ofEach = <A, B>(record: Readonly<Record<string, A>>, of: (a: A) => B): Record<string, B> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, of(value)]))

/** A batch as text, every bit of it; `pack` alone would keep eleven of each float32. */
export const packBatch = ({ config, feeds }: LiveBatch): Promise<string> =>
  pack({ config, feeds: ofEach(feeds, bytesOf) })

/** @throws TypeError for text that is not of `packBatch` */
export async function unpackBatch(text: string): Promise<LiveBatch> {
  const { config, feeds } = (await unpack(text)) as { config: LossConfig; feeds: Record<string, PackedTensor> }
  return { config, feeds: ofEach(feeds, tensorOf) }
}
