import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import {
  type AnyTensor,
  type NamedTensor,
  quoted,
  readBytes,
  readFailure,
  readJson,
  readTogether,
  refuse,
  refuseIncomplete,
} from '../../io/index.js'
import { decodeTensor, type ModelInfo } from '../../onnx/index.js'
import { jsonObject, readTolerances, type Tolerances } from './tolerance.js'

/** Inputs and the outputs expected for them, in graph order. */
export interface DataSet {
  readonly name: string
  readonly inputs: readonly NamedTensor<AnyTensor>[]
  readonly outputs: readonly NamedTensor<AnyTensor>[]
}

/** A folder in the layout of the ONNX backend tests, read whole except for its model. */
export interface TestCase {
  readonly name: string
  readonly dir: string
  /** `case.json`: configuration and provenance; empty when there is none. */
  readonly info: Readonly<Record<string, unknown>>
  readonly tolerances: Tolerances
  readonly dataSets: readonly DataSet[]
}

async function entries(dir: string): Promise<string[]> {
  try {
    return await readdir(dir)
  } catch (error) {
    throw readFailure(error, dir)
  }
}

/** Names of the form `<stem>_<number>`, in numeric order. */
function numbered(names: readonly string[], stem: string, suffix: string): { name: string; number: number }[] {
  const pattern = new RegExp(`^${stem}_(0|[1-9]\\d*)${suffix}$`)
  return names
    .flatMap((name) => {
      const match = pattern.exec(name)
      return match ? [{ name, number: Number(match[1]) }] : []
    })
    .sort((a, b) => a.number - b.number)
}

function refuseGaps(files: readonly { name: string; number: number }[], kind: string, dir: string): void {
  const gap = files.findIndex(({ number }, i) => number !== i)
  if (gap < 0) return
  const what = `${kind}_${gap}.pb is missing, though there is ${files[gap]?.name}`
  refuse('E_FIXTURE', dir, what, 'number them from 0 in graph order')
}

async function readTensors(
  names: readonly string[],
  kind: 'input' | 'output',
  dir: string,
): Promise<NamedTensor<AnyTensor>[]> {
  const files = numbered(names, kind, '\\.pb')
  refuseGaps(files, kind, dir)
  const tensors: NamedTensor<AnyTensor>[] = []
  for (const { name } of files) {
    const path = join(dir, name)
    tensors.push(decodeTensor(await readBytes(path), path))
  }
  return tensors
}

async function readDataSet(dir: string): Promise<DataSet> {
  const names = (await entries(dir)).filter((name) => name.endsWith('.pb'))
  const odd = names.find((name) => !/^(input|output)_(0|[1-9]\d*)\.pb$/.test(name))
  if (odd !== undefined)
    refuse('E_FIXTURE', dir, `${quoted(odd)} is neither input nor output`, 'name tensors input_<i>.pb or output_<i>.pb')
  const inputs = await readTensors(names, 'input', dir)
  return { name: basename(dir), inputs, outputs: await readTensors(names, 'output', dir) }
}

const readOptional = async (path: string): Promise<unknown> => (existsSync(path) ? readJson(path) : {})

/**
 * Reads `test_data_set_<N>/{input,output}_<i>.pb`, `data.json` and `case.json` of a case.
 * @throws InputError for missing folders, gaps in the numbers, misnamed files, whatever cannot be decoded, and a case
 *   that is being written or was not written to its end
 */
export const readCase = (dir: string): Promise<TestCase> => readTogether(dir, () => readParts(dir))

async function readParts(dir: string): Promise<TestCase> {
  const name = basename(resolve(dir))
  const sets = numbered(await entries(dir), 'test_data_set', '')
  const remedy = 'name a folder that holds model.onnx and test_data_set_0'
  if (sets.length === 0) refuse('E_FIXTURE', dir, 'this is no test case: it has no test_data_set_0', remedy)
  const data = join(dir, 'data.json')
  const info = join(dir, 'case.json')
  const tolerances = readTolerances(await readOptional(data), data, name)
  const dataSets: DataSet[] = []
  for (const set of sets) dataSets.push(await readDataSet(join(dir, set.name)))
  return { name, dir, tolerances, info: jsonObject(await readOptional(info), info, 'the content'), dataSets }
}

const isCase = (names: readonly string[]): boolean => numbered(names, 'test_data_set', '').length > 0

/** A file, or a link that leads nowhere; a folder that cannot be read may hold cases. */
const noFolder = ['ENOENT', 'ENOTDIR', 'ELOOP']

/** How deep below a folder cases are looked for; a circle of links ends there too. */
const deepest = 4

async function casesBelow(dir: string, names: readonly string[], depth: number): Promise<string[]> {
  refuseIncomplete(dir)
  if (isCase(names)) return [dir]
  if (depth === deepest) return []
  const found: string[] = []
  for (const name of [...names].sort()) {
    const path = join(dir, name)
    const inside = await readdir(path).catch((error: NodeJS.ErrnoException) => {
      if (noFolder.includes(error.code ?? '')) return []
      throw readFailure(error, path)
    })
    found.push(...(await casesBelow(path, inside, depth + 1)))
  }
  return found
}

/**
 * The cases in a folder: itself, if it is one, else those below it, by name.
 * @throws InputError when the folder cannot be read
 */
export const findCases = async (dir: string): Promise<string[]> => casesBelow(dir, await entries(dir), 0)

/**
 * Gives each tensor its name in the graph: its own, or that of its place when the file names none.
 * @throws InputError for two tensors of one name, and for more tensors than places
 */
export function bindTensors(
  tensors: readonly NamedTensor<AnyTensor>[],
  names: readonly string[],
  kind: 'input' | 'output',
  where: string,
): Map<string, AnyTensor> {
  const bound = new Map<string, AnyTensor>()
  for (const [i, { name, tensor }] of tensors.entries()) {
    const key = name === '' ? names[i] : name
    if (key === undefined)
      return refuse('E_FIXTURE', where, `${kind}_${i}.pb has no place: the model has ${names.length}`)
    if (bound.has(key)) refuse('E_FIXTURE', where, `two tensors are ${kind} ${quoted(key)}`)
    bound.set(key, tensor)
  }
  return bound
}

/** The inputs of a model from the first data set of a case. @throws InputError as `bindTensors` */
export function inputsOf({ dataSets, dir }: TestCase, { inputs }: ModelInfo): Map<string, AnyTensor> {
  const names = inputs.map(({ name }) => name)
  return bindTensors(dataSets[0]?.inputs ?? [], names, 'input', dir)
}
