import { quoted, refuse, refuseText } from '../../io/index.js'
import { dataTypeName } from '../graph/dtypes.js'
import { decodeModel, exact } from './codec.js'
import type { DimensionProto, GraphProto, ModelProto, NodeProto, ValueInfoProto } from './messages.js'
import { valuesRead } from './walk.js'

/** Versions of ONNX that onnxruntime 1.30 loads. */
const irRange = { from: 3, to: 13 }
const opsetRange = { from: 1, to: 26 }

/** An input or output as the model declares it. */
export interface ModelValue {
  readonly name: string
  /** Element type by ONNX's name in lower case (`float32`, `uint8`, …); `other` for a sequence, map or optional. */
  readonly dtype: string
  /** Sizes, symbols, `''` for an unknown size; undefined when even the rank is open. */
  readonly shape: readonly (number | string)[] | undefined
}

export interface ModelNode {
  readonly name: string
  readonly op: string
  readonly domain: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  /** Everything it reads: its inputs, and what its subgraphs take from outside. */
  readonly reads: readonly string[]
}

/** What one needs to know of a model to feed it and to talk about it. */
export interface ModelInfo {
  readonly irVersion: number
  /** Opset version by domain; ONNX's own operators are domain `''`. */
  readonly opsets: ReadonlyMap<string, number>
  readonly producer: { readonly name: string; readonly version: string }
  readonly inputs: readonly ModelValue[]
  readonly outputs: readonly ModelValue[]
  readonly metadata: ReadonlyMap<string, string>
  readonly nodes: readonly ModelNode[]
  /** Names of the constants. */
  readonly initializers: readonly string[]
}

/** Some exporters write −1 for a size they do not know. */
function dim(d: DimensionProto): number | string {
  if (!Object.hasOwn(d, 'dimValue')) return d.dimParam
  const size = exact(d.dimValue)
  return size >= 0 ? size : ''
}

/** ONNX's own domain has two spellings. */
export const domainKey = (domain: string): string => (domain === 'ai.onnx' ? '' : domain)

/** A declared value, as far as its type is a tensor. */
function declared({ name, type }: ValueInfoProto): ModelValue {
  const tensor = type?.tensorType
  if (!tensor) return { name, dtype: 'other', shape: undefined }
  return { name, dtype: dataTypeName(tensor.elemType), shape: tensor.shape?.dim.map(dim) }
}

/** Types of the values of a graph, as far as the file gives them. */
export const typesIn = ({ initializer, valueInfo, input, output }: GraphProto): Map<string, ModelValue> =>
  new Map(
    [
      ...initializer.map((t) => ({ name: t.name, dtype: dataTypeName(t.dataType), shape: t.dims.map(Number) })),
      ...[...valueInfo, ...input, ...output].map(declared),
    ].map((v) => [v.name, v]),
  )

/** Before IR 4 every initializer is listed as an input too, though nobody feeds it. */
function inputs(graph: GraphProto): ModelValue[] {
  const initialized = new Set(graph.initializer.map((t) => t.name))
  return graph.input.filter((i) => !initialized.has(i.name)).map(declared)
}

function irVersion(model: ModelProto, file: string): number {
  const version = exact(model.irVersion)
  if (version >= irRange.from && version <= irRange.to) return version
  const what = `IR version ${version} is outside the supported range ${irRange.from} to ${irRange.to}`
  return refuse('E_IR', file, what, 'convert it with onnx.version_converter, or export it anew')
}

function opsets(model: ModelProto, file: string): Map<string, number> {
  const remedy = `import ai.onnx once, at opset ${opsetRange.from} to ${opsetRange.to}`
  const found = new Map<string, number>()
  for (const { domain, version } of model.opsetImport) {
    const key = domainKey(domain)
    // onnx.compose says it twice where both models agree.
    const [other = exact(version), own] = [found.get(key), exact(version)]
    if (other !== own)
      refuse(
        'E_OPSET',
        file,
        `domain ${quoted(key || 'ai.onnx')} is imported twice, at opset ${other} and ${own}`,
        remedy,
      )
    found.set(key, own)
  }
  if (found.size === 0) refuse('E_OPSET', file, 'no opset is imported', remedy)
  const own = found.get('')
  if (own !== undefined && !(own >= opsetRange.from && own <= opsetRange.to))
    refuse('E_OPSET', file, `opset ${own} is not supported`, remedy)
  return found
}

function metadata(model: ModelProto, file: string): Map<string, string> {
  const found = new Map<string, string>()
  for (const { key, value } of model.metadataProps) {
    if (found.has(key)) refuse('E_METADATA', file, `metadata key ${quoted(key)} is given twice`)
    found.set(key, value)
  }
  return found
}

export const modelNode = (node: NodeProto): ModelNode => ({
  name: node.name,
  op: node.opType,
  domain: node.domain,
  inputs: node.input,
  outputs: node.output,
  reads: valuesRead(node),
})

/**
 * Reads what a model says about itself, without running it.
 * @param file what to call it in messages
 * @throws InputError for anything that is no ONNX model, and for versions outside the supported range
 */
export function readModel(bytes: Uint8Array, file: string): ModelInfo {
  const model = decodeModel(bytes, file)
  const graph = model.graph
  const remedy = 'check that this is the right file, and undamaged'
  if (!graph) refuseText(bytes, file, 'ONNX', remedy)
  if (!graph) return refuse('E_NOT_A_MODEL', file, 'this is no ONNX model: it has no graph', remedy)
  return {
    irVersion: irVersion(model, file),
    opsets: opsets(model, file),
    producer: { name: model.producerName, version: model.producerVersion },
    inputs: inputs(graph),
    outputs: graph.output.map(declared),
    metadata: metadata(model, file),
    nodes: graph.node.map(modelNode),
    initializers: graph.initializer.map((t) => t.name),
  }
}

/**
 * Names of the values that depend on what the inputs hold. What only their shapes decide can be computed while the model
 * loads.
 */
export function liveValues({ inputs, nodes }: Pick<ModelInfo, 'inputs' | 'nodes'>): ReadonlySet<string> {
  const live = new Set(inputs.map((v) => v.name))
  for (const { op, reads, outputs } of nodes)
    if (op !== 'Shape' && op !== 'Size' && reads.some((name) => live.has(name)))
      for (const name of outputs) live.add(name)
  return live
}
