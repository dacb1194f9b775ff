import { constants } from 'node:fs'
import { copyFile, lstat, mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { replaceFile, WriteError, writeFailure } from './atomic.js'

/**
 * Copies a regular file whole or not at all. Missing folders are made.
 * @param replace whether an existing target may be replaced
 * @throws WriteError when the target exists or the system refuses
 */
export async function copyAtomic(from: string, to: string, replace: boolean): Promise<void> {
  const there = await lstat(to).catch(() => undefined)
  if (there && !replace) throw new WriteError(to, 'there is a file already', 'use --force to replace it')
  await mkdir(dirname(to), { recursive: true }).catch((error: unknown) => {
    throw writeFailure(error, to)
  })
  await replaceFile(to, (temporary) => copyFile(from, temporary, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE))
}
