import {
  decodeModel,
  type FunctionProto,
  type GraphProto,
  joined,
  type ModelInfo,
  type ModelProto,
  type ModelValue,
  type NodeProto,
  payloads,
  readModel,
  type TensorProto,
  typesIn,
} from '../onnx/index.js'
import { functionKey, graphField, modelField, refuse } from './common.js'
import { checkExternal, type ExternalData, externalData } from './external.js'
import { checkStructure } from './structure.js'

/** A model to attach to, opened: its bytes, what they say, and indices over them. */
export interface Detector {
  /** What to call it in messages. */
  readonly file: string
  readonly bytes: Uint8Array
  /** The bytes of its graph, a view. */
  readonly graphBytes: Uint8Array
  readonly model: ModelProto
  readonly graph: GraphProto
  readonly info: ModelInfo
  /** Types of the values of the main graph, as far as the file gives them. */
  readonly types: ReadonlyMap<string, ModelValue>
  readonly producers: ReadonlyMap<string, NodeProto>
  readonly initializers: ReadonlyMap<string, TensorProto>
  readonly functions: ReadonlyMap<string, FunctionProto>
  /** Data in other files; their places were checked, their bytes never read. */
  readonly external: readonly ExternalData[]
}

/**
 * Opens a model of any origin and checks what onnxruntime would let pass.
 * @param file what to call it in messages
 * @param folder where its external data lie
 * @throws InputError for bytes that are no model, versions out of range, and graphs that contradict themselves
 */
export function openDetector(bytes: Uint8Array, file: string, folder?: string): Detector {
  const info = readModel(bytes, file)
  const model = decodeModel(bytes, file)
  const graph = model.graph as GraphProto
  checkStructure(model, info, file)
  const external = checkedExternal(model, file, folder)
  return {
    file,
    bytes,
    graphBytes: graphOf(bytes, file),
    model,
    graph,
    info,
    types: typesIn(graph),
    producers: new Map(graph.node.flatMap((n) => n.output.map((name) => [name, n] as const))),
    initializers: new Map(graph.initializer.map((t) => [t.name, t])),
    external,
    functions: new Map(model.functions.map((f) => [functionKey(f, f.name), f])),
  }
}

function checkedExternal(model: ModelProto, file: string, folder: string | undefined): ExternalData[] {
  const data = externalData(model, file)
  if (data.length > 0 && folder === undefined)
    refuse('E_EXTERNAL', file, 'it keeps data in other files, but its folder is not known', 'give the folder')
  if (folder !== undefined) checkExternal(data, folder, file)
  return data
}

/**
 * The graph's bytes; several graph fields mean their concatenation, as protobuf merges them.
 * @throws InputError for fields that protobufjs passes over, and that cannot be kept in their places
 */
function graphOf(bytes: Uint8Array, file: string): Uint8Array {
  try {
    const graphs = payloads(bytes, modelField.graph)
    const graph = graphs.length === 1 ? (graphs[0] as Uint8Array) : joined(graphs)
    payloads(graph, graphField.node)
    return graph
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return refuse('E_PROTOBUF', file, `is no sound model: ${error.message}`, 'save it anew with onnx.save', error)
  }
}
