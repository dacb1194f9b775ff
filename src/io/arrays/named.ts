import type { Tensor } from '../tensor.js'
import { type ArchiveLimits, decodeNpz } from './npz.js'

/** An object of these entries that inherits nothing: no name, `__proto__` either, means anything but its entry. */
export const objectOf = <T>(entries: Iterable<readonly [name: string, value: T]>): Record<string, T> =>
  Object.assign(Object.create(null), Object.fromEntries(entries))

/**
 * The arrays of an NPZ archive (`numpy.savez`, `numpy.savez_compressed`) as an object, by name.
 * @param file what to call it in messages
 * @throws InputError for what is no zip archive, for damaged, encrypted, doubled or unsafe entries, for more than the
 *   limits, and for arrays that `decodeNpy` refuses
 */
export async function decodeNamed(
  bytes: Uint8Array,
  file?: string,
  limits?: Partial<ArchiveLimits>,
): Promise<Record<string, Tensor>> {
  return objectOf(await decodeNpz(bytes, file, limits))
}
