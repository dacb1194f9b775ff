import { createHash } from 'node:crypto'
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { chunksOf, isForeseen, isIncomplete, readFailure } from '../../../io/index.js'
import { cudaLibraries } from '../../providers/cuda.js'
import { libraryAt, x86_64 } from '../elf.js'
import type { Published } from '../published.table.js'
import { smallText } from '../text.js'

/** The file that setup-cuda leaves beside the libraries it put there, when all of it is done. */
export const stampName = 'yolo-loss-cuda.json'

/** The SHA-256 of each library, by its name. */
export type Sums = Readonly<Record<string, string>>

/** What setup-cuda notes of what it did. */
export interface Stamp {
  /** Of onnxruntime; `unknown` where nothing told it. */
  readonly version: string
  /** Base name of what they were taken from. */
  readonly from: string
  /** The archive whose published sums they have; null for libraries that were taken on trust. */
  readonly published: string | null
  readonly sha256: Sums
}

/** The CUDA provider beside the runtime. */
export type Provider =
  /** As setup-cuda left it. */
  | { readonly kind: 'ours'; readonly stamp: Stamp }
  /** Put there by another: the install script of onnxruntime-node, or by hand. */
  | { readonly kind: 'foreign'; readonly sha256: Sums; readonly published: Published | undefined }
  | { readonly kind: 'absent'; readonly missing: readonly string[] }
  | { readonly kind: 'broken'; readonly why: string }

function sumOf(path: string): string {
  const hash = createHash('sha256')
  for (const chunk of chunksOf([{ file: path, start: 0, end: statSync(path).size }])) hash.update(chunk)
  return hash.digest('hex')
}

/** What reading a library gives. @throws InputError when the system refuses */
function reading<T>(path: string, read: (path: string) => T): T {
  try {
    return read(path)
  } catch (error) {
    throw isForeseen(error) ? error : readFailure(error, path)
  }
}

/** The sums of the libraries in a folder. @throws InputError when the system refuses to read one */
export const sumsIn = (folder: string): Sums =>
  Object.fromEntries(cudaLibraries.map((name) => [name, reading(join(folder, name), sumOf)]))

const agree = (a: Sums | undefined, b: Sums): boolean => cudaLibraries.every((name) => a?.[name] === b[name])

/** The published build that has these sums. */
export const publishedAs = (sums: Sums, table: readonly Published[]): Published | undefined =>
  table.find(({ sha256 }) => agree(sha256, sums))

/** Why one of the libraries of the provider cannot be what it should; undefined for one that may be. */
function whyUnsound(folder: string, name: string): string | undefined {
  if (!statSync(join(folder, name)).isFile()) return `${name} is no regular file`
  const library = reading(join(folder, name), libraryAt)
  if (!library) return `${name} is no shared library, or damaged`
  if (library.machine !== x86_64) return `${name} is for another machine than x86-64 (ELF number ${library.machine})`
  const isCuda = name === cudaLibraries[1]
  if (isCuda !== library.needed.some((other) => /^libcudart\.so\.\d+$/.test(other)))
    return isCuda
      ? `${name} needs no libcudart: it is not the CUDA provider`
      : `${name} needs libcudart: it is another library`
  return undefined
}

/** Why the libraries in a folder cannot be the CUDA provider. They must be there. @throws InputError as `sumsIn` */
export const whyNoProvider = (folder: string): string | undefined =>
  cudaLibraries.map((name) => whyUnsound(folder, name)).find((why) => why !== undefined)

function stampIn(folder: string): Partial<Stamp> | undefined {
  const text = smallText(join(folder, stampName))
  if (text === undefined) return undefined
  try {
    return (JSON.parse(text) as Partial<Stamp> | null) ?? {}
  } catch {
    return {}
  }
}

function seen(binaries: string, table: readonly Published[]): Provider {
  const why = isIncomplete(binaries) ? 'setup-cuda was cut off' : whyNoProvider(binaries)
  if (why !== undefined) return { kind: 'broken', why }
  const [stamp, sha256] = [stampIn(binaries), sumsIn(binaries)]
  if (!stamp) return { kind: 'foreign', sha256, published: publishedAs(sha256, table) }
  if (typeof stamp.version === 'string' && agree(stamp.sha256, sha256)) return { kind: 'ours', stamp: stamp as Stamp }
  return { kind: 'broken', why: `the libraries are not those that ${stampName} tells of` }
}

/** Looks at the libraries beside the runtime, every byte of them. */
export function providerIn(binaries: string, table: readonly Published[]): Provider {
  const missing = cudaLibraries.filter((name) => !existsSync(join(binaries, name)))
  if (missing.length > 0) return { kind: 'absent', missing }
  try {
    return seen(binaries, table)
  } catch (error) {
    if (isForeseen(error)) return { kind: 'broken', why: error.lead }
    throw error
  }
}
