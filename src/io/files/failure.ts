import { Fault } from '../fault.js'

/** A file that could not be written; what was there before is intact. A command ends with exit code 2. */
export class WriteError extends Fault {
  override readonly name = 'WriteError'

  constructor(path: string, what: string, remedy: string, options?: ErrorOptions) {
    super('usage', 'E_WRITE', { where: path, what: `not written: ${what}`, remedy }, options)
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
  EEXIST: ['something else of this name is in the way', 'choose another name'],
  ENAMETOOLONG: ['the name is too long', 'choose a shorter one'],
}

/** Tells why the system would not write a file. */
export function writeFailure(error: unknown, path: string): WriteError {
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown error'
  const [what, remedy] = reasons[code] ?? [code, 'check the path and the disk']
  return new WriteError(path, what, remedy, { cause: error })
}
