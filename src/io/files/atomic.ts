import { rmSync, type Stats, writeSync } from 'node:fs'
import { access, chmod, constants as modes, open, realpath, rename, stat } from 'node:fs/promises'
import { constants } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
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
  ENAMETOOLONG: ['the name is too long', 'choose a shorter one'],
}

/** Tells why the system would not write a file. */
export function writeFailure(error: unknown, path: string): WriteError {
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown error'
  const [what, remedy] = reasons[code] ?? [code, 'check the path and the disk']
  return new WriteError(path, what, remedy, { cause: error })
}

/** Refuses what a rename would replace all the same: it asks for the folder's mode only. */
function unfit(old: Stats): string | undefined {
  if (old.isDirectory()) return 'EISDIR'
  if (!old.isFile()) return 'EDEVICE'
  return (old.mode & 0o222) === 0 ? 'READONLY' : undefined
}

async function existing(path: string): Promise<Stats | undefined> {
  const old = await stat(path).catch(() => undefined)
  const code = old && unfit(old)
  if (code) throw Object.assign(new Error(code), { code })
  return old
}

/**
 * Refuses files that could not be written, before the first of several is.
 * @throws WriteError for the first of them
 */
export async function expectWritable(paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const checked = existing(path).then(() => access(dirname(path), modes.W_OK))
    await checked.catch((error: unknown) => {
      throw writeFailure(error, path)
    })
  }
}

let count = 0

/**
 * Replaces a file by one that `fill` makes under a temporary name beside it: fsync, then rename. Through a link its
 * target is replaced. An interrupt or an error leaves the old file and nothing else.
 * @throws WriteError when the target is a folder, a device or read-only, or the system refuses
 */
export async function replaceFile(path: string, fill: (temporary: string) => Promise<void>): Promise<void> {
  let discard = () => {}
  const terminated = () => process.exit(128 + constants.signals.SIGTERM)
  try {
    const old = await existing(path)
    const target = await realpath(path).catch(() => path)
    const temporary = join(dirname(target), `.${basename(target)}.${process.pid}.${count++}.tmp`)
    discard = () => removed(temporary)
    process.once('exit', discard)
    process.once('SIGTERM', terminated)
    await fill(temporary)
    if (old) await chmod(temporary, old.mode)
    await synced(temporary)
    await rename(temporary, target)
  } catch (error) {
    discard()
    throw error instanceof WriteError ? error : writeFailure(error, path)
  } finally {
    process.off('exit', discard)
    process.off('SIGTERM', terminated)
  }
}

/** Where it cannot be removed it could not be made either. */
function removed(path: string): void {
  try {
    rmSync(path, { force: true })
  } catch {}
}

async function synced(path: string): Promise<void> {
  const file = await open(path, 'r+')
  await file.sync().finally(() => file.close())
}

// Bytes between two looks at what else there is to do, such as a signal.
const stretch = 2 ** 24

/**
 * Writes a new file. Waiting for each chunk, which the system only copies, would take longer than writing it; short
 * writes are continued.
 */
async function fillWith(path: string, chunks: Iterable<Uint8Array>): Promise<void> {
  const file = await open(path, 'wx')
  let since = 0
  try {
    for (const chunk of chunks)
      for (let at = 0; at < chunk.length; ) {
        const count = writeSync(file.fd, chunk, at, Math.min(stretch, chunk.length - at))
        at += count
        since += count
        if (since >= stretch) since = await setImmediate(0)
      }
  } finally {
    await file.close()
  }
}

/**
 * Writes a file, in one piece or several, whole or not at all, so that a disk that fills up is an error.
 * @throws WriteError as `replaceFile`
 */
export function writeAtomic(path: string, data: Uint8Array | string | Iterable<Uint8Array>): Promise<void> {
  const whole = typeof data === 'string' ? new TextEncoder().encode(data) : data
  return replaceFile(path, (temporary) => fillWith(temporary, whole instanceof Uint8Array ? [whole] : whole))
}
