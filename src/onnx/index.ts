/**
 * Builds, reads, writes and prints ONNX models: `graph` holds values and names, `ops` an operator each, `reverse` derives
 * gradients, `infer` works out sizes, `proto` the files.
 * Knows nothing of YOLO.
 */

export { expectValue } from './checked/checks.js'
export { encodeChecked } from './checked/encode.js'
export { CheckedGraph } from './checked/graph.js'
export { ops } from './checked/ops.js'
export type { Stamp } from './graph/build.js'
export { tensorOf } from './graph/constants.js'
export { dataTypeBits, dataTypeCode, dataTypeName, isDifferentiable } from './graph/dtypes.js'
export { GraphError } from './graph/errors.js'
export { Graph, infoOf } from './graph/graph.js'
export * from './graph/model.js'
export { type GraphOptions, opsetRange } from './graph/options.js'
export { printModel } from './graph/print.js'
export { product, sameShape, sum } from './graph/shape.js'
export type { Value } from './graph/value.js'
export { bodiesOf, namesRead, renameNode, withInner } from './graph/walk.js'
export { graphOfModel, takenOver } from './infer/foreign.js'
export { canonical, decodeModel, decodeTensorProto, encodeForeignPart, exact } from './proto/codec.js'
export { decodeTensor, filledFields, isExternal, tensorFrom } from './proto/decode.js'
export { type Dissection, dissect, type GraphNode } from './proto/dissect.js'
export { encodeModel, encodePart, encodeTensor } from './proto/encode.js'
export type {
  AttributeProto,
  FunctionProto,
  GraphProto,
  ModelProto,
  NodeProto,
  SparseTensorProto,
  TensorProto,
  ValueInfoProto,
} from './proto/messages.js'
export { inOrder } from './proto/order.js'
export * from './proto/read.js'
export { allGraphs, allNodes, graphsIn, subgraphsOf } from './proto/walk.js'
export { type Chunks, type Edit, extent, joined, payloads, sizeOfChunks, splice, varint } from './proto/wire.js'
export { gradients, gradientsThrough, type Seed } from './reverse/gradients.js'
export { type Obstacle, obstacles } from './reverse/obstacles.js'
export { type RuleRow, ruleTable } from './reverse/table.js'
