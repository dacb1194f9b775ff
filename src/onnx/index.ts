/**
 * Builds, reads, writes and prints ONNX models: `graph` holds values and names, `ops` an operator each, `proto` the files.
 * Knows nothing of YOLO.
 */
export { namesRead, type Stamp } from './graph/build.js'
export { tensorOf } from './graph/constants.js'
export { GraphError } from './graph/errors.js'
export { Graph, type GraphOptions, opsetRange } from './graph/graph.js'
export type { Attribute, Body, Dim, Initializer, Model, Node, Shape, ValueInfo } from './graph/model.js'
export { printModel } from './graph/print.js'
export { product, sameShape, sum } from './graph/shape.js'
export type { Value } from './graph/value.js'
export * as ops from './ops/index.js'
export { canonical, decodeModel, decodeTensorProto, exact } from './proto/codec.js'
export { decodeTensor, tensorFrom } from './proto/decode.js'
export { type Dissection, dissect, type GraphNode } from './proto/dissect.js'
export { dataTypeName, isDType } from './proto/dtypes.js'
export { encodeModel, encodePart, encodeTensor } from './proto/encode.js'
export type { AttributeProto, FunctionProto, GraphProto, ModelProto, NodeProto, TensorProto } from './proto/messages.js'
export { declared, type ModelInfo, type ModelNode, type ModelValue, readModel } from './proto/read.js'
export { allNodes, bodiesOf, graphsIn, valuesRead } from './proto/walk.js'
export {
  type Chunks,
  type Edit,
  extent,
  joined,
  payloads,
  sizeOfChunks,
  splice,
  varint,
  wireFields,
} from './proto/wire.js'
