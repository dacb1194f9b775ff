import { basename, join } from 'node:path'
import {
  type AnyTensor,
  isElementType,
  isFolder,
  isReal,
  listed,
  type NamedTensor,
  nearest,
  quoted,
  readArrays,
  refuse,
} from '../../io/index.js'
import type { ModelInfo, ModelValue } from '../../onnx/index.js'
import { checkFeeds } from '../../runtime/index.js'
import { boxesName, configKey } from '../../yolo/index.js'
import { fitRows } from './boxrows.js'
import { lossConfigOf } from './match.js'
import { shapeRemedy } from './shapes.js'
import { bindTensors, type DataSet, readCase } from './testcase.js'

/** One data set of whoever runs a graph. */
export interface Data {
  /** Of its files, for reports: `predictions + labels`. */
  readonly name: string
  /** All that the graph takes, in its order, of the types and shapes it takes. */
  readonly inputs: ReadonlyMap<string, AnyTensor>
  /** What is expected of it, as far as the data say; case folders may hold outputs that the graph does not have. */
  readonly outputs: ReadonlyMap<string, AnyTensor>
  /** The file that each of these tensors comes from. */
  readonly from: ReadonlyMap<string, string>
}

/** How data are read. */
export interface DataOptions {
  /** Bytes that the arrays of one `.npz` file may have together; default 1 GiB. */
  readonly maxUnpacked?: number
  /** Which data set of a case folder; default 0. */
  readonly set?: number
  /** Makes inputs that no file holds from those that are there. */
  readonly made?: ((given: ReadonlyMap<string, AnyTensor>) => Promise<readonly MadeInput[]>) | undefined
}

/** An input and the file that it was made from. */
export interface MadeInput extends NamedTensor<AnyTensor> {
  readonly file: string
}

/** A tensor, what it is for, and where it stands; arrays of a file are for what their names say. */
interface Found extends NamedTensor<AnyTensor> {
  readonly kind: 'input' | 'output' | undefined
  readonly file: string
}

interface Part {
  readonly name: string
  readonly found: readonly Found[]
}

const namesOf = (values: readonly { readonly name: string }[]): string[] => values.map(({ name }) => name)

async function inFile(path: string, info: ModelInfo, { maxUnpacked }: DataOptions): Promise<Part> {
  const arrays = await readArrays(path, maxUnpacked === undefined ? {} : { bytes: maxUnpacked })
  const [inputs, outputs] = [namesOf(info.inputs), namesOf(info.outputs)]
  const kindOf = (name: string) => (inputs.includes(name) ? 'input' : outputs.includes(name) ? 'output' : undefined)
  const found = [...arrays].map(([name, tensor]): Found => ({ name, tensor, kind: kindOf(name), file: path }))
  return { name: basename(path).replace(/\.np[yz]$/, ''), found }
}

function setOf(dir: string, dataSets: readonly DataSet[], set: number): DataSet {
  const wanted = `test_data_set_${set}`
  const found = dataSets.find(({ name }) => name === wanted)
  return found ?? refuse('E_FIXTURE', dir, `there is no ${wanted}`, `it has ${listed(namesOf(dataSets))}`)
}

async function inFolder(dir: string, info: ModelInfo, { set = 0 }: DataOptions): Promise<Part> {
  const { name, dataSets } = await readCase(dir)
  const chosen = setOf(dir, dataSets, set)
  const found = (['input', 'output'] as const).flatMap((kind) => {
    const bound = bindTensors(chosen[`${kind}s`], namesOf(info[`${kind}s`]), kind, dir)
    const fileOf = (i: number) => join(dir, chosen.name, `${kind}_${i}.pb`)
    return [...bound].map(([name, tensor], i): Found => ({ name, tensor, kind, file: fileOf(i) }))
  })
  return { name: dataSets.length > 1 ? `${name}/${chosen.name}` : name, found }
}

const readPart = (path: string, info: ModelInfo, options: DataOptions): Promise<Part> =>
  (isFolder(path) ? inFolder : inFile)(path, info, options)

/** What the arrays of `numpy.savez` are called that were given no name. */
const isUnnamed = (name: string): boolean => /^arr_\d+$/.test(name)

/** Refuses what the graph neither takes nor gives: onnxruntime would ignore it, misspelt or not. */
function refuseUnknown(found: readonly Found[], info: ModelInfo): void {
  const inputs = namesOf(info.inputs)
  for (const { name, kind, file } of found) {
    if (kind === 'output' || inputs.includes(name)) continue
    const known = kind === 'input' ? inputs : [...inputs, ...namesOf(info.outputs)]
    const near = nearest(
      name,
      known.filter((other) => found.every((f) => f.name !== other)),
    )
    const what = kind === 'input' ? `no input ${quoted(name)}` : `neither an input nor an output ${quoted(name)}`
    const unnamed = inputs.length > 0 && isUnnamed(name) ? `; numpy.savez(file, ${inputs[0]}=…) names them` : ''
    const remedy = near === undefined ? `its inputs are ${listed(inputs)}${unnamed}` : `did you mean ${quoted(near)}?`
    refuse('E_FEED_UNKNOWN', file, `the model has ${what}`, remedy)
  }
}

function refuseTwice(found: readonly Found[]): void {
  const files = new Map<string, string>()
  for (const { name, kind, file } of found) {
    const key = `${kind} ${name}`
    const other = files.get(key)
    if (other !== undefined)
      refuse('E_FEED_TWICE', file, `${kind} ${quoted(name)} is in ${quoted(other)} too`, 'leave it out of one of them')
    files.set(key, file)
  }
}

/** Types are never changed on the way: what rounding does to the numbers is for their owner to decide. */
function refuseType({ name, dtype }: ModelValue, tensor: AnyTensor, info: ModelInfo, file: string): void {
  if (tensor.dtype === dtype) return
  // Boxes are float32 whatever the graph computes in.
  const exported = name !== boxesName && info.metadata.has(configKey) && isReal(dtype) && isReal(tensor.dtype)
  const other = exported ? `, or export the graph with --dtype ${tensor.dtype}` : ''
  const remedy = isElementType(dtype) ? `save it with .astype('${dtype}')${other}` : undefined
  refuse('E_FEED_DTYPE', file, `input ${quoted(name)} is ${tensor.dtype}, and the model takes ${dtype}`, remedy)
}

/** What to call data in messages. */
const placeOf = (paths: readonly string[]): string => (paths.length > 0 ? paths.join(', ') : 'the data')

/** The inputs in the order of the graph. @throws InputError for what is missing, or of another type */
function inGraphOrder(
  given: ReadonlyMap<string, AnyTensor>,
  info: ModelInfo,
  paths: readonly string[],
  from: ReadonlyMap<string, string>,
): Map<string, AnyTensor> {
  const names = namesOf(info.inputs)
  const missing = names.filter((name) => !given.has(name))
  if (missing.length > 0) {
    const remedy = `the model takes ${listed(names)}; name every file that holds one of them`
    refuse('E_FEED_MISSING', placeOf(paths), `no value for input ${listed(missing)}`, remedy)
  }
  return new Map(
    info.inputs.map((value) => {
      const tensor = given.get(value.name) as AnyTensor
      const file = from.get(value.name) as string
      refuseType(value, tensor, info, file)
      const rows = value.name === boxesName ? value.shape?.[1] : undefined
      return [value.name, typeof rows === 'number' ? fitRows(tensor, rows, file) : tensor]
    }),
  )
}

const ofKind = (found: readonly Found[], wanted: Found['kind']): Found[] => found.filter(({ kind }) => kind === wanted)

const tensorsOf = (found: readonly Found[]) => new Map(found.map(({ name, tensor }) => [name, tensor]))

/** Names of the inputs that a path holds. */
async function inputsOf(path: string, info: ModelInfo, options: DataOptions): Promise<string> {
  const { found } = await readPart(path, info, options)
  return namesOf(ofKind(found, 'input')).sort().join()
}

/**
 * Paths in batches: those of which each holds the same inputs are batches of their own, all others one together.
 * @throws InputError as the readers
 */
export async function batchesOf(
  paths: readonly string[],
  info: ModelInfo,
  options: DataOptions = {},
): Promise<readonly (readonly string[])[]> {
  const [first, second] = paths
  if (first === undefined || second === undefined) return [paths]
  const held = [await inputsOf(first, info, options), await inputsOf(second, info, options)]
  return held[0] !== '' && held[0] === held[1] ? paths.map((path) => [path]) : [paths]
}

/**
 * Reads a data set whose tensors are spread over `.npz` files, whose arrays are named as the inputs and outputs of the
 * graph, `.npy` files of such names, and case folders, which give one of their data sets.
 * @throws InputError naming the file: for a tensor that comes twice, that the graph does not have, that is missing, or
 *   whose type or shape is another, and for what the readers refuse
 */
export async function readData(paths: readonly string[], info: ModelInfo, options: DataOptions = {}): Promise<Data> {
  const parts: Part[] = []
  for (const path of paths) parts.push(await readPart(path, info, options))
  const read = parts.flatMap((part) => part.found)
  const made = (await options.made?.(tensorsOf(ofKind(read, 'input')))) ?? []
  const found = [...read, ...made.map((input): Found => ({ ...input, kind: 'input' }))]
  refuseUnknown(found, info)
  refuseTwice(found)
  const [given, expected] = [ofKind(found, 'input'), ofKind(found, 'output')]
  // An input may be an output too; whoever asks for its file means the input.
  const from = new Map([...expected, ...given].map(({ name, file }) => [name, file]))
  const inputs = inGraphOrder(tensorsOf(given), info, paths, from)
  const config = lossConfigOf(info.metadata)
  checkFeeds(info.inputs, Object.fromEntries(inputs), placeOf(paths), {
    from,
    ...(config && { remedyFor: (name, shape) => shapeRemedy(name, shape, config, info.inputs) }),
  })
  const names = parts.length > 0 ? parts.map(({ name }) => name) : made.slice(0, 1).map(({ file }) => basename(file))
  return { name: names.join(' + '), inputs, outputs: tensorsOf(expected), from }
}
