import { lstatSync } from 'node:fs'
import { isAbsolute, join, win32 } from 'node:path'
import { listed, quoted } from '../io/index.js'
import { allGraphs, allNodes, isExternal, type ModelProto, type TensorProto } from '../onnx/index.js'
import { refuse } from './common.js'
import { byteSize, partsOf, sparseIn } from './tensors.js'

/** Data that a tensor keeps in another file, relative to the model's folder. */
export interface ExternalData {
  readonly tensor: string
  readonly location: string
  readonly offset: number
  /** Bytes of it; undefined where neither the file nor the element type says. */
  readonly length: number | undefined
}

const keys = ['location', 'offset', 'length', 'checksum']

/**
 * What a model keeps in other files. Nothing is opened.
 * @throws InputError for paths out of the folder, unknown keys and numbers that are none
 */
export function externalData(model: ModelProto, file: string): ExternalData[] {
  return tensorsIn(model)
    .filter(isExternal)
    .map((t) => reference(t, file))
}

function tensorsIn(model: ModelProto): TensorProto[] {
  const graphs = allGraphs(model)
  const attributes = allNodes(model).flatMap((n) => n.attribute)
  const sparse = [...graphs.flatMap((g) => g.sparseInitializer), ...attributes.flatMap(sparseIn)]
  return [
    ...graphs.flatMap((g) => g.initializer),
    ...attributes.flatMap((a) => [...(a.t ? [a.t] : []), ...a.tensors]),
    ...sparse.flatMap(partsOf),
  ]
}

const untrusted = 'do not load this model unless you trust it'

function refuseData(tensor: string, file: string, what: string, remedy = untrusted): never {
  refuse('E_EXTERNAL', file, `tensor ${quoted(tensor)}: its external data ${what}`, remedy)
}

function reference(t: TensorProto, file: string): ExternalData {
  const entries = new Map<string, string>()
  for (const { key, value } of t.externalData) {
    if (!keys.includes(key)) refuseData(t.name, file, `have the unknown key ${quoted(key)}; known are ${listed(keys)}`)
    if (entries.has(key)) refuseData(t.name, file, `give ${quoted(key)} twice`)
    entries.set(key, value)
  }
  const location = entries.get('location') ?? refuseData(t.name, file, 'have no location')
  if (!isContained(location))
    refuseData(t.name, file, `lie at ${quoted(location)}, which is no path inside the model's folder`)
  const number = (key: string): number | undefined => {
    const text = entries.get(key)
    if (text === undefined) return undefined
    const value = Number(text)
    return /^\d+$/.test(text) && Number.isSafeInteger(value)
      ? value
      : refuseData(t.name, file, `have the ${key} ${quoted(text)}`)
  }
  const [offset, length, size] = [number('offset') ?? 0, number('length'), byteSize(t)]
  if (length !== undefined && size !== undefined && length !== size)
    refuseData(t.name, file, `have ${length} bytes, but its type and shape need ${size}`, 'export the model anew')
  return { tensor: t.name, location, offset, length: length ?? size }
}

function isContained(location: string): boolean {
  if (location === '' || /[\0\\]/.test(location) || isAbsolute(location) || win32.isAbsolute(location)) return false
  return !/^[A-Za-z]:/.test(location) && location.split('/').every((part) => part !== '..' && part !== '')
}

/**
 * Refuses external data that are not regular files of the model's folder, reached without a link, and long enough. Only
 * their directory entries are looked at.
 * @throws InputError naming tensor and file
 */
export function checkExternal(data: readonly ExternalData[], folder: string, file: string): void {
  const sizes = new Map<string, number>()
  for (const { tensor, location, offset, length } of data) {
    const size = sizes.get(location) ?? sizeOfRegular(tensor, folder, location, file)
    sizes.set(location, size)
    const end = offset + (length ?? 0)
    const remedy = 'the file was cut short: download or export it again'
    if (end > size) refuseData(tensor, file, `end at byte ${end}, but ${quoted(location)} has ${size}`, remedy)
  }
}

function sizeOfRegular(tensor: string, folder: string, location: string, file: string): number {
  const parts = location.split('/')
  const at = (depth: number) => join(folder, ...parts.slice(0, depth))
  for (let depth = 1; depth <= parts.length; depth++) {
    const entry = lstatSync(at(depth), { throwIfNoEntry: false })
    const name = quoted(parts.slice(0, depth).join('/'))
    if (!entry) refuseData(tensor, file, `are missing: there is no ${name}`, "put the file into the model's folder")
    if (entry.isSymbolicLink()) refuseData(tensor, file, `are reached through the link ${name}`, 'copy the file there')
    if (depth < parts.length && entry.isDirectory()) continue
    if (!entry.isFile()) refuseData(tensor, file, `are no regular file: ${name}`)
    if (entry.nlink > 1) refuseData(tensor, file, `have a second name (hard link): ${name}`, 'copy the file')
    return entry.size
  }
  return refuseData(tensor, file, 'have no location')
}
