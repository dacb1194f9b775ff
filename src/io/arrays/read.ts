import { basename } from 'node:path'
import { readBytes } from '../files/read.js'
import { refuseOtherKinds, refuseText } from '../files/sniff.js'
import type { Tensor } from '../tensor.js'
import { decodeNpy } from './npy.js'
import { type ArchiveLimits, decodeNpz } from './npz.js'

const isZip = (bytes: Uint8Array): boolean => bytes[0] === 0x50 && bytes[1] === 0x4b

/**
 * The arrays of an `.npz` file by name; the one of an `.npy` file by the name of the file. What it is, its first bytes
 * decide.
 * @throws InputError as `readBytes`, `decodeNpz` and `decodeNpy`, and for text and files of other kinds
 */
export async function readArrays(path: string, limits: Partial<ArchiveLimits> = {}): Promise<Map<string, Tensor>> {
  const bytes = await readBytes(path)
  refuseOtherKinds(bytes, path, ['E_ARRAYS', 'E_ZIP'])
  if (isZip(bytes)) return decodeNpz(bytes, path, limits)
  refuseText(bytes, path, 'an array', 'save arrays with numpy.savez or numpy.save')
  return new Map([[basename(path, '.npy'), decodeNpy(bytes, path)]])
}
