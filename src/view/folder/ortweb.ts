import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join, resolve } from 'node:path'
import { Fault, quoted } from '../../io/index.js'

/** What a live page loads of onnxruntime-web: its door, and what that fetches. */
const filesOf = {
  wasm: ['ort.wasm.min.mjs', 'ort-wasm-simd-threaded.mjs', 'ort-wasm-simd-threaded.wasm'],
  webgpu: ['ort.webgpu.min.mjs', 'ort-wasm-simd-threaded.asyncify.mjs', 'ort-wasm-simd-threaded.asyncify.wasm'],
} as const

/** Where a page can run a graph: on the processor alone, or on a graphics card too. */
export type Backend = keyof typeof filesOf

export const ortFiles = (backend: Backend): readonly string[] => filesOf[backend]

/** An onnxruntime-web that is there. */
export interface OrtWeb {
  readonly version: string
  /** Folder of its files. */
  readonly dist: string
  readonly files: readonly string[]
  /** Under which terms copies of them may be kept. */
  readonly notice: string
}

/** The version that tests run with. */
const tried = '1.30.0'
const install = `npm install onnxruntime-web@${tried}`

/** onnxruntime-web cannot be found, or is not whole. Exit code 4. */
export class OrtWebError extends Fault<'E_ORT_WEB'> {
  override readonly name = 'OrtWebError'

  constructor(what: string, remedy: string) {
    super('runtime', 'E_ORT_WEB', { where: 'onnxruntime-web', what, remedy })
  }
}

/**
 * onnxruntime-web, beside the project that one works in or beside this package.
 * @param given its folder, or that of its files, in place of those
 * @throws OrtWebError with the command that installs it
 */
export function findOrtWeb(backend: Backend, given?: string): OrtWeb {
  const dist = given === undefined ? installed() : ofFolder(given)
  if (dist === undefined) throw new OrtWebError('not installed', `${install}, or name its folder by --ort-web DIR`)
  const files = ortFiles(backend)
  const missing = files.find((file) => !existsSync(join(dist, file)))
  if (missing !== undefined) {
    const where = given === undefined ? 'the one that is installed' : quoted(given)
    throw new OrtWebError(`${where} has no ${missing}`, `${install}, which has it`)
  }
  const { version, licence } = about(dist)
  return { version, dist, files, notice: noticeOf(dist, version, licence) }
}

const ofFolder = (given: string): string =>
  existsSync(join(given, 'dist')) && basename(resolve(given)) !== 'dist' ? resolve(given, 'dist') : resolve(given)

function installed(): string | undefined {
  for (const from of [join(process.cwd(), 'package.json'), import.meta.url]) {
    try {
      return dirname(createRequire(from).resolve('onnxruntime-web'))
    } catch {}
  }
  return undefined
}

function about(dist: string): { readonly version: string; readonly licence: string } {
  const file = join(dist, '..', 'package.json')
  try {
    const { version, license } = JSON.parse(readFileSync(file, 'utf8'))
    return { version: String(version), licence: String(license) }
  } catch (error) {
    // A folder of its files alone says nothing of itself.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { version: 'of unknown version', licence: 'MIT' }
    const why = error instanceof Error ? error.message : String(error)
    throw new OrtWebError(`its package.json cannot be read (${why})`, install)
  }
}

/** Its packages come without the text of their licence. */
function noticeOf(dist: string, version: string, licence: string): string {
  const file = ['LICENSE', 'LICENSE.txt'].map((name) => join(dist, '..', name)).find((path) => existsSync(path))
  const text = file === undefined ? mit : readFileSync(file, 'utf8').trim()
  return `onnxruntime-web ${version} (${licence}), https://github.com/microsoft/onnxruntime\n\n${text}\n`
}

const mit = `MIT License

Copyright (c) Microsoft Corporation

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation
files (the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy,
modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the
Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE,
ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`
