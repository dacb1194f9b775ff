import { open } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { crc32 } from 'node:zlib'
import type { Entry, ZipFile } from 'yauzl'
import { isForeseen, refuse } from '../fault.js'
import { writeFailure } from '../files/failure.js'
import { readSize } from '../files/read.js'
import { quoted } from '../text.js'

/** What becomes of an entry of an archive. */
export interface Unpacked {
  /** What the file is called; two entries must not have one name. */
  readonly name: string
  /** Bytes it may have. */
  readonly limit: number
}

/** Bytes of an archive, and entries in it. */
const largestArchive = 2 ** 32
const mostEntries = 2 ** 16

/** Deflate packs 258 bytes into 2 bits at best; an archive that claims more counts some of its bytes twice. */
export const highestRatio = 1032

interface Picked extends Unpacked {
  readonly entry: Entry
}

function checkEntry({ entry, name, limit }: Picked, seen: ReadonlySet<string>, archive: string): void {
  const { fileName, uncompressedSize: size, compressedSize: packed } = entry
  const what = `entry ${quoted(fileName)}`
  if (seen.has(name)) refuse('E_ZIP', archive, `two entries are named ${quoted(name)}`, 'take the archive as published')
  if (entry.isEncrypted() || !entry.canDecodeFileData())
    refuse('E_ZIP', archive, `${what} is encrypted, or packed in an unknown way`, 'take the archive as published')
  if (size > limit) refuse('E_ZIP_LIMIT', archive, `${what} has ${size} bytes, more than the limit of ${limit}`)
  if (size > packed * highestRatio)
    refuse('E_ZIP_LIMIT', archive, `${what} has ${size} bytes unpacked from ${packed}, more than packing can achieve`)
}

/** The entries that are wanted, all checked before the first is unpacked. */
async function pickedFrom(
  zip: ZipFile,
  archive: string,
  pick: (path: string) => Unpacked | undefined,
): Promise<Picked[]> {
  if (zip.entryCount > mostEntries)
    refuse('E_ZIP_LIMIT', archive, `${zip.entryCount} entries, more than the limit of ${mostEntries}`)
  const picked: Picked[] = []
  const seen = new Set<string>()
  for await (const entry of zip.eachEntry()) {
    const wanted = pick(entry.fileName)
    if (!wanted) continue
    checkEntry({ ...wanted, entry }, seen, archive)
    seen.add(wanted.name)
    picked.push({ ...wanted, entry })
  }
  return picked
}

/** Writes what comes, and gives its checksum. That no more comes than the entry says is seen to by the reader of archives. */
async function written(from: Readable, path: string): Promise<number> {
  const failed = (error: unknown) => {
    throw writeFailure(error, path)
  }
  const file = await open(path, 'wx').catch(failed)
  let sum = 0
  try {
    for await (const chunk of from) {
      sum = crc32(chunk as Buffer, sum)
      await file.writeFile(chunk as Buffer).catch(failed)
    }
  } finally {
    await file.close()
  }
  return sum
}

/**
 * Unpacks those files of a zip archive that are picked by their paths in it into a folder.
 * @returns the names they have there
 * @throws InputError for what is no zip archive, is above a limit, or differs from its checksum; WriteError when the
 *   system refuses to write
 */
export async function unzipInto(
  folder: string,
  archive: string,
  pick: (path: string) => Unpacked | undefined,
): Promise<string[]> {
  await readSize(archive, largestArchive)
  try {
    const { default: yauzl } = await import('yauzl')
    const zip = await yauzl.openPromise(archive, { strictFileNames: true, autoClose: false })
    try {
      const picked = await pickedFrom(zip, archive, pick)
      for (const { entry, name } of picked) {
        const sum = await written(await zip.openReadStreamPromise(entry), join(folder, name))
        if (sum !== entry.crc32)
          refuse(
            'E_ZIP',
            archive,
            `entry ${quoted(entry.fileName)} is damaged: its checksum differs`,
            'download it again',
          )
      }
      return picked.map(({ name }) => name)
    } finally {
      zip.close()
    }
  } catch (error) {
    if (isForeseen(error)) throw error
    const what = `no zip archive, or broken: ${(error as Error).message}`
    return refuse('E_ZIP', archive, what, 'download it again', error)
  }
}
