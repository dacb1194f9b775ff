import { constants, rmSync } from 'node:fs'
import { copyFile, lstat, mkdir, open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { WriteError, writeFailure } from './atomic.js'

/**
 * Copies a regular file whole or not at all: to a temporary file beside the target, fsync, rename. Missing folders are
 * made.
 * @param replace whether an existing target may be replaced
 * @throws WriteError when the target exists or the system refuses
 */
export async function copyAtomic(from: string, to: string, replace: boolean): Promise<void> {
  const there = await lstat(to).catch(() => undefined)
  if (there && !replace) throw new WriteError(to, 'there is a file already', 'use --force to replace it')
  const temporary = join(dirname(to), `.${basename(to)}.${process.pid}.tmp`)
  const discard = () => rmSync(temporary, { force: true })
  const terminated = () => process.exit(143)
  process.once('exit', discard)
  process.once('SIGTERM', terminated)
  try {
    await mkdir(dirname(to), { recursive: true })
    await copyFile(from, temporary, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE)
    const file = await open(temporary, 'r+')
    await file.sync().finally(() => file.close())
    await rename(temporary, to)
  } catch (error) {
    await rm(temporary, { force: true })
    throw writeFailure(error, to)
  } finally {
    process.off('exit', discard)
    process.off('SIGTERM', terminated)
  }
}
