import { crc32 } from 'node:zlib'
import type { Entry, ZipFile } from 'yauzl'
import { expectArguments, must } from '../checks.js'
import type { NamedTensor } from '../elements.js'
import { isForeseen, refuse } from '../fault.js'
import type { Tensor } from '../tensor.js'
import { quoted } from '../text.js'
import { decodeNpy, encodeNpy } from './npy.js'
import { highestRatio } from './unzip.js'

/** How much an archive may hold. */
export interface ArchiveLimits {
  /** Number of arrays; default 1024. */
  readonly entries: number
  /** Bytes of all arrays together, unpacked; default 1 GiB. */
  readonly bytes: number
}

const defaultLimits: ArchiveLimits = { entries: 1024, bytes: 2 ** 30 }

const extension = '.npy'

const ofArray = must.having({ name: must.text, tensor: must.tensor })

function checkEntry(entry: Entry, seen: ReadonlySet<string>, file: string): void {
  const name = quoted(entry.fileName)
  if (!entry.fileName.endsWith(extension))
    refuse('E_NPZ', file, `entry ${name} is no array`, `an archive of numpy.savez holds only ${extension} files`)
  if (seen.has(entry.fileName)) refuse('E_NPZ', file, `two entries are named ${name}`)
  if (entry.isEncrypted()) refuse('E_NPZ', file, `entry ${name} is encrypted`, 'save it without a password')
  if (!entry.canDecodeFileData())
    refuse('E_NPZ', file, `entry ${name} is packed by method ${entry.compressionMethod}`, 'use deflate, or none')
  if (entry.compressionMethod === 0 && entry.compressedSize !== entry.uncompressedSize) refuseSize(entry, file)
}

/** The entries of an archive, all checked before the first is unpacked. */
async function listEntries(zip: ZipFile, size: number, limits: ArchiveLimits, file: string): Promise<Entry[]> {
  if (zip.entryCount > limits.entries)
    refuse('E_NPZ_LIMIT', file, `${zip.entryCount} entries, more than the limit of ${limits.entries}`)
  const entries: Entry[] = []
  const seen = new Set<string>()
  for await (const entry of zip.eachEntry()) {
    checkEntry(entry, seen, file)
    seen.add(entry.fileName)
    entries.push(entry)
  }
  const total = entries.reduce((sum, entry) => sum + entry.uncompressedSize, 0)
  if (total > limits.bytes)
    refuse('E_NPZ_LIMIT', file, `${total} bytes unpacked, more than the limit of ${limits.bytes}`)
  if (total > size * highestRatio)
    refuse('E_NPZ_LIMIT', file, `${total} bytes unpacked from ${size}, more than packing can achieve`)
  return entries
}

const refuseSize = ({ fileName, uncompressedSize }: Entry, file: string): never =>
  refuse(
    'E_NPZ',
    file,
    `entry ${quoted(fileName)} has not the ${uncompressedSize} bytes it claims`,
    'copy or save it again',
  )

async function unpack(zip: ZipFile, entry: Entry, file: string): Promise<Uint8Array> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of await zip.openReadStreamPromise(entry)) {
    length += (chunk as Buffer).length
    if (length > entry.uncompressedSize) refuseSize(entry, file)
    chunks.push(chunk)
  }
  if (length < entry.uncompressedSize) refuseSize(entry, file)
  const bytes = Buffer.concat(chunks)
  if (crc32(bytes) !== entry.crc32)
    refuse('E_NPZ', file, `entry ${quoted(entry.fileName)} is damaged: its checksum differs`, 'copy or save it again')
  return bytes
}

/**
 * The arrays of an NPZ archive (`numpy.savez`, `numpy.savez_compressed`) by name, in the order of the archive.
 * @param file what to call it in messages
 * @throws InputError for what is no zip archive, for damaged, encrypted, doubled or unsafe entries, for more than the
 *   limits, and for arrays that `decodeNpy` refuses
 */
export async function decodeNpz(
  bytes: Uint8Array,
  file = 'archive',
  limits: Partial<ArchiveLimits> = {},
): Promise<Map<string, Tensor>> {
  const checks = {
    bytes: must.bytes,
    file: must.text,
    limits: must.options({ entries: must.whole(0), bytes: must.number }),
  }
  expectArguments('decodeNpz', checks, { bytes, file, limits })
  try {
    // Here and not above: most commands read and write no archive, and need not wait for the packages.
    const { default: yauzl } = await import('yauzl')
    const zip = await yauzl.fromBufferPromise(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), {
      strictFileNames: true,
      autoClose: false,
      // Ours, after the look at whether it is encrypted, which makes sizes differ.
      validateEntrySizes: false,
    })
    const arrays = new Map<string, Tensor>()
    for (const entry of await listEntries(zip, bytes.length, { ...defaultLimits, ...limits }, file)) {
      const name = entry.fileName.slice(0, -extension.length)
      arrays.set(name, decodeNpy(await unpack(zip, entry, file), `${file}, ${entry.fileName}`))
    }
    return arrays
  } catch (error) {
    if (isForeseen(error)) throw error
    return refuse('E_NPZ', file, `broken zip archive: ${(error as Error).message}`, 'save it again', error)
  }
}

/**
 * How an array stands in an archive. The date is the earliest of a zip archive, in whatever zone: the time of writing
 * would be in the bytes.
 */
export const entryOptions = { mtime: new Date(1980, 0, 1), mode: 0o100644, forceDosTimestamp: true, compress: false }

/** What an array is called in an archive. */
export const nameInArchive = (name: string): string => `${name}${extension}`

const ofArrays = must.either(must.list(ofArray), must.named(must.tensor))

const isList = (x: readonly NamedTensor[] | Readonly<Record<string, Tensor>>): x is readonly NamedTensor[] =>
  Array.isArray(x)

/**
 * The bytes of an NPZ archive, not packed; equal arrays in equal order give equal bytes.
 * @param arrays an object of tensors by name, or a list where the order of names counts that are numbers
 */
export async function encodeNpz(
  arrays: readonly NamedTensor[] | Readonly<Record<string, Tensor>>,
): Promise<Uint8Array> {
  expectArguments('encodeNpz', { arrays: ofArrays }, { arrays })
  const rows = isList(arrays) ? arrays : Object.entries(arrays).map(([name, tensor]) => ({ name, tensor }))
  const { default: yazl } = await import('yazl')
  const zip = new yazl.ZipFile()
  for (const { name, tensor } of rows) zip.addBuffer(Buffer.from(encodeNpy(tensor)), nameInArchive(name), entryOptions)
  zip.end()
  const chunks: Buffer[] = []
  for await (const chunk of zip.outputStream) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}
