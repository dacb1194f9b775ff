import { quoted } from '../io/index.js'
import { domainKey, type NodeProto } from '../onnx/index.js'

export { refuse } from '../io/index.js'

/** Field numbers of ONNX's messages that are edited. */
export const modelField = { graph: 7, opset: 8, metadata: 14, function: 25 } as const
export const graphField = { node: 1, initializer: 5, input: 11, output: 12, value: 13 } as const

/** `node "conv1" (Conv)`, for messages. */
export const called = (node: NodeProto): string =>
  `node ${quoted(node.name === '' ? `→ ${node.output[0] ?? ''}` : node.name)} (${node.opType})`

/** Key of a function or of a call: several domains may use one name. */
export const functionKey = (f: { domain: string; overload: string }, name: string): string =>
  [domainKey(f.domain), name, f.overload].join('\n')
