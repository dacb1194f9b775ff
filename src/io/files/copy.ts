import { constants } from 'node:fs'
import { copyFile } from 'node:fs/promises'
import type { Fill } from './change.js'

/** Fills a new file with the bytes of another, on file systems that can without copying them. */
export const copiedFrom =
  (from: string): Fill =>
  (temporary) =>
    copyFile(from, temporary, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE)
