import { open, readFile, stat } from 'node:fs/promises'
import { InputError, refuse } from '../fault.js'

/** The largest file read into memory, in bytes: protobuf cannot address more. */
const largestFile = 2 ** 31 - 1

const reasons: Readonly<Record<string, readonly [what: string, remedy: string]>> = {
  ENOENT: ['there is no such file', 'check the path'],
  ENOTDIR: ['there is no such file: a part of the path is no folder', 'check the path'],
  EACCES: ['no permission to read it', 'check its owner and mode'],
  EPERM: ['no permission to read it', 'check its owner and mode'],
  EISDIR: ['this is a folder', 'name the file in it'],
  ELOOP: ['its symbolic links lead in a circle', 'check the links'],
}

/** Why the system would not read a file, and what to do about it. */
export function whyUnread(error: unknown): readonly [what: string, remedy: string] {
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown error'
  return reasons[code] ?? [`it cannot be read (${code})`, 'check the file and the disk']
}

/** Whether a file was not read because of the disk, and not because of the path that leads to it. */
export function diskFailed(error: unknown): boolean {
  if (!(error instanceof InputError)) return false
  const { code } = (error.cause ?? {}) as NodeJS.ErrnoException
  return diskFailed(error.cause) || (error.code === 'E_FILE' && code !== undefined && !Object.hasOwn(reasons, code))
}

/** Tells why the system would not read a file. */
export function readFailure(error: unknown, path: string): InputError {
  const [what, remedy] = whyUnread(error)
  return new InputError('E_FILE', { where: path, what, remedy }, { cause: error })
}

// The system fills the pages of a large file on several processors, if it is asked for several parts at a time.
const part = 2 ** 26

async function inParts(path: string, size: number): Promise<Uint8Array> {
  const file = await open(path)
  try {
    const bytes = Buffer.allocUnsafeSlow(size)
    const fill = async (start: number): Promise<void> => {
      const end = Math.min(start + part, size)
      for (let at = start; at < end; ) {
        const { bytesRead } = await file.read(bytes, at, end - at, at)
        if (bytesRead === 0) throw Object.assign(new Error('cut short'), { code: 'it became shorter meanwhile' })
        at += bytesRead
      }
    }
    await Promise.all(Array.from({ length: Math.ceil(size / part) }, (_, i) => fill(i * part)))
    return bytes
  } finally {
    await file.close()
  }
}

/**
 * The size of a regular file.
 * @throws InputError when it is missing, a folder, a device or pipe, or above `limit` bytes
 */
export async function readSize(path: string, limit: number = largestFile): Promise<number> {
  const info = await stat(path).catch((error: unknown) => {
    throw readFailure(error, path)
  })
  if (info.isDirectory()) throw readFailure({ code: 'EISDIR' }, path)
  // A pipe or a device could block for ever or never end.
  if (!info.isFile()) refuse('E_FILE', path, 'this is no regular file')
  if (info.size <= limit) return info.size
  return refuse('E_FILE_SIZE', path, `${info.size} bytes, more than the limit of ${limit}`)
}

/**
 * Reads a regular file whole.
 * @throws InputError as `readSize`, and when it is unreadable
 */
export async function readBytes(path: string, limit: number = largestFile): Promise<Uint8Array> {
  const size = await readSize(path, limit)
  // Those of the system tell no size, and may block for ever.
  if (size === 0) return new Uint8Array()
  return (size > part ? inParts(path, size) : readFile(path)).catch((error: unknown) => {
    throw readFailure(error, path)
  })
}

// Beyond twice as many bytes a string of JavaScript ends.
const largestText = 2 ** 28

/**
 * Reads a JSON file; a byte-order mark is skipped.
 * @throws InputError as `readBytes`, above 256 MiB, and for text that is no JSON
 */
export async function readJson(path: string): Promise<unknown> {
  const text = new TextDecoder().decode(await readBytes(path, largestText))
  try {
    return JSON.parse(text)
  } catch (error) {
    return refuse('E_JSON', path, `not valid JSON: ${(error as Error).message}`, undefined, error)
  }
}
