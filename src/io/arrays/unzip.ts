import { createWriteStream } from 'node:fs'
import { basename, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import yauzl from 'yauzl'
import { refuse } from '../fault.js'
import { removeScratch, scratchFolder } from '../files/scratch.js'

/**
 * Unpacks those files of a zip archive that have one of these names, wherever in it they lie, into a new temporary
 * folder, which the caller removes.
 * @throws InputError for what is no zip archive, and as `scratchFolder`
 */
export async function unzipNamed(archive: string, names: readonly string[]): Promise<string> {
  const folder = scratchFolder('yolo-loss-unzip-')
  try {
    const zip = await yauzl.openPromise(archive, { strictFileNames: true, autoClose: false })
    try {
      for await (const entry of zip.eachEntry()) {
        const name = basename(entry.fileName)
        if (!names.includes(name)) continue
        await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(join(folder, name)))
      }
    } finally {
      zip.close()
    }
    return folder
  } catch (error) {
    removeScratch(folder)
    return refuse(
      'E_ZIP',
      archive,
      `no zip archive, or broken: ${(error as Error).message}`,
      'download it again',
      error,
    )
  }
}
