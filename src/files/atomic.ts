import { stat } from 'node:fs/promises'
import writeFileAtomic from 'write-file-atomic'
import { complaintText } from '../proto/errors.js'

/** A file that could not be written; what was there before is intact. A command ends with exit code 2. */
export class WriteError extends Error {
  override readonly name = 'WriteError'
  readonly code = 'E_WRITE'
  readonly exitCode = 2

  constructor(path: string, what: string, remedy: string, options?: ErrorOptions) {
    super(complaintText({ where: path, what: `not written: ${what}`, remedy }), options)
  }
}

const reasons: Readonly<Record<string, readonly [what: string, remedy: string]>> = {
  EACCES: ['no permission', 'choose another folder, or change its mode'],
  EPERM: ['no permission', 'choose another folder, or change its mode'],
  EROFS: ['the file system is read-only', 'choose another folder'],
  READONLY: ['the file there is read-only', 'name another file, or change its mode'],
  EFBIG: ['it is larger than files may be here', 'raise the limit (ulimit -f), or choose another disk'],
  ENOSPC: ['the disk is full', 'free some space and run it again'],
  EDQUOT: ['the disk quota is used up', 'free some space and run it again'],
  ENOENT: ['its folder does not exist', 'create the folder first'],
  ENOTDIR: ['a part of its path is no folder', 'check the path'],
  EISDIR: ['this is a folder', 'name a file in it'],
  EDEVICE: ['this is no regular file', 'name a file, or - for stdout where the command takes it'],
  ENAMETOOLONG: ['the name is too long', 'choose a shorter one'],
}

/** Tells why the system would not write a file. */
export function writeFailure(error: unknown, path: string): WriteError {
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown error'
  const [what, remedy] = reasons[code] ?? [code, 'check the path and the disk']
  return new WriteError(path, what, remedy, { cause: error })
}

/** Refuses what a rename would replace all the same: it asks for the folder's mode only. */
async function refuseUnfit(path: string): Promise<void> {
  const old = await stat(path).catch(() => undefined)
  if (!old) return
  const code = old.isDirectory()
    ? 'EISDIR'
    : !old.isFile()
      ? 'EDEVICE'
      : (old.mode & 0o222) === 0
        ? 'READONLY'
        : undefined
  if (code) throw Object.assign(new Error(code), { code })
}

/**
 * Writes a file whole or not at all: a temporary file in the same folder, fsync, rename.
 * @throws WriteError when the target is a folder, a device or read-only, or the system refuses; an existing file then
 * stays as it was
 */
export async function writeAtomic(path: string, data: Uint8Array | string): Promise<void> {
  try {
    await refuseUnfit(path)
    await writeFileAtomic(
      path,
      typeof data === 'string' ? data : Buffer.from(data.buffer, data.byteOffset, data.length),
    )
  } catch (error) {
    throw writeFailure(error, path)
  }
}
