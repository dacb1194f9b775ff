import type * as Fs from 'node:fs'
import type * as FsPromises from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { resolve, sep } from 'node:path'

/** What a disk may refuse. */
export type Code = 'EIO' | 'ENOSPC'

interface Plan {
  /** Only what lies below this folder fails. */
  readonly folder: string
  /** The call that fails, from 1. */
  readonly at: number
  readonly code: Code
}

let plan: Plan | undefined
let calls = 0
let last = { call: '', times: 0 }
let failed: string | undefined
const descriptors = new Map<number, string>()

/** Lets one call fail from now on. */
export function breakDisk(next: Plan): void {
  plan = next
  calls = 0
  last = { call: '', times: 0 }
  failed = undefined
}

/** Lets nothing fail any more. @returns the call that has failed; undefined where there were fewer */
export function mendDisk(): string | undefined {
  plan = undefined
  descriptors.clear()
  return failed
}

// A file is written in hundreds of pieces; the fourth that fails is as the third.
const enough = 3

const isBelow = (path: unknown): path is string =>
  plan !== undefined && typeof path === 'string' && `${resolve(path)}${sep}`.startsWith(`${plan.folder}${sep}`)

function count(call: string, path: unknown): void {
  if (!plan || !isBelow(path)) return
  const same = `${call} ${path}`
  last = { call: same, times: last.call === same ? last.times + 1 : 1 }
  if (last.times > enough) return
  calls++
  if (calls !== plan.at) return
  failed = `${call} ${path.slice(plan.folder.length + 1)}`
  throw Object.assign(new Error(`${plan.code}: ${failed}`), { code: plan.code, syscall: call })
}

type Call = (...args: never[]) => unknown

const counted = <F extends Call>(
  name: string,
  call: F,
  pathOf: (args: Parameters<F>) => unknown = ([path]) => path,
): F =>
  ((...args: Parameters<F>) => {
    count(name, pathOf(args))
    return call(...args)
  }) as F

const countedLater = <F extends Call>(name: string, call: F): F =>
  (async (...args: Parameters<F>) => {
    count(name, args[0])
    return call(...args)
  }) as unknown as F

const ofDescriptor = ([file]: readonly unknown[]): unknown => descriptors.get(file as number)

type Done = (error: Error | null, ...rest: unknown[]) => void

/** A call that tells its end to a function, its last argument. */
const answering =
  (name: string, call: Call, pathOf: (args: readonly unknown[]) => unknown = ofDescriptor): Call =>
  (...args) => {
    try {
      count(name, pathOf(args))
    } catch (error) {
      return process.nextTick(args.at(-1) as unknown as Done, error)
    }
    return call(...args)
  }

/** What streams of files call. */
function streamCalls(fs: typeof Fs) {
  const open = (path: string, flags: string, mode: number, done: Done) =>
    fs.open(path, flags, mode, (error, file) => {
      if (!error && isBelow(path)) descriptors.set(file, path)
      done(error, file)
    })
  const close = (file: number, done: Done) => {
    descriptors.delete(file)
    fs.close(file, done)
  }
  const read = answering('read', fs.read as Call)
  const write = answering('write', fs.write as Call)
  return { open: answering('open', open as Call, ([path]) => path), close, read, write }
}

/** `node:fs` on a disk that may break. */
export function brittle(fs: typeof Fs): typeof Fs {
  const openSync: typeof fs.openSync = (path, ...rest) => {
    count('open', path)
    const file = fs.openSync(path, ...rest)
    if (isBelow(path)) descriptors.set(file, path)
    return file
  }
  const calls = streamCalls(fs)
  const changed = {
    openSync,
    createReadStream: (path: string, options: object) => fs.createReadStream(path, { ...options, fs: calls } as object),
    createWriteStream: (path: string, options: object) =>
      fs.createWriteStream(path, { ...options, fs: calls } as object),
    readSync: counted('read', fs.readSync as Call, ofDescriptor),
    writeSync: counted('write', fs.writeSync as Call, ofDescriptor),
    fsyncSync: counted('fsync', fs.fsyncSync as Call, ofDescriptor),
    closeSync: (file: number) => {
      descriptors.delete(file)
      fs.closeSync(file)
    },
    ...Object.fromEntries(
      (['readFileSync', 'writeFileSync', 'renameSync', 'copyFileSync', 'cpSync', 'mkdirSync'] as const).map((name) => [
        name,
        counted(name, fs[name] as Call),
      ]),
    ),
  }
  return { ...fs, ...changed, default: { ...fs, ...changed } } as unknown as typeof Fs
}

const handleCalls = ['read', 'readFile', 'write', 'writeFile', 'sync'] as const

function brittleHandle(handle: FileHandle, path: string): FileHandle {
  descriptors.set(handle.fd, path)
  for (const name of handleCalls) {
    const call = (handle[name] as Call).bind(handle)
    Object.defineProperty(handle, name, {
      value: async (...args: never[]) => {
        count(name, path)
        return call(...args)
      },
    })
  }
  return handle
}

/** `node:fs/promises` on a disk that may break. */
export function brittlePromises(fs: typeof FsPromises): typeof FsPromises {
  const open: typeof fs.open = async (path, ...rest) => {
    count('open', path)
    const handle = await fs.open(path, ...rest)
    return isBelow(path) ? brittleHandle(handle, path) : handle
  }
  const changed = {
    open,
    ...Object.fromEntries(
      (['readFile', 'writeFile', 'rename', 'copyFile', 'mkdir', 'readdir', 'chmod'] as const).map((name) => [
        name,
        countedLater(name, fs[name] as Call),
      ]),
    ),
  }
  return { ...fs, ...changed, default: { ...fs, ...changed } } as unknown as typeof FsPromises
}
