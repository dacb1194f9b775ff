import { type Check, type DType, must, type Tensor } from '../../io/index.js'

/** A dimension: its size, or the name of a symbol. */
export type Dim = number | string
export type Shape = readonly Dim[]

export type Attribute =
  | { readonly int: number }
  | { readonly ints: readonly number[] }
  | { readonly float: number }
  | { readonly floats: readonly number[] }
  | { readonly string: string }
  | { readonly tensor: Tensor }
  | { readonly graph: Body }
  /** Inside a function: the value of one of its own attributes. */
  | { readonly attribute: string; readonly of: 'float' | 'int' | 'floats' | 'ints' }

/** One node; an omitted optional input is `''`. */
export interface Node {
  readonly name: string
  readonly op: string
  /** Domain of the operator; ONNX's own by default. */
  readonly domain?: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes: Readonly<Record<string, Attribute>>
}

/** A node of ONNX's own with one output, after which it is named. */
export const operation = (
  op: string,
  inputs: readonly string[],
  output: string,
  attributes: Node['attributes'] = {},
): Node => ({ name: output, op, inputs, outputs: [output], attributes })

export interface ValueInfo {
  readonly name: string
  readonly dtype: DType
  readonly shape: Shape
}

/** A constant with its name. */
export interface Initializer {
  readonly name: string
  readonly tensor: Tensor
}

/** A graph, or the subgraph of a control-flow node. */
export interface Body {
  readonly name: string
  readonly inputs: readonly ValueInfo[]
  readonly outputs: readonly ValueInfo[]
  readonly initializers: readonly Initializer[]
  readonly nodes: readonly Node[]
  /** Types of the intermediate values, in node order. */
  readonly values: readonly ValueInfo[]
}

/** A finished model: plain data, ready to be encoded or printed. */
export interface Model {
  readonly irVersion: number
  readonly opset: number
  readonly producer: { readonly name: string; readonly version: string }
  readonly metadata: Readonly<Record<string, string>>
  readonly body: Body
}

const texts = must.list(must.text)
const shape = must.list(must.either(must.text, must.whole(0)))
const ofValues = must.list(must.having({ name: must.text, dtype: must.text, shape }))
/** What a node is, in outline. */
export const ofNode = must.having({
  name: must.text,
  op: must.text,
  inputs: texts,
  outputs: texts,
  attributes: must.record,
})
/** What a graph is, its nodes in outline. */
export const ofBody = must.having({
  name: must.text,
  inputs: ofValues,
  outputs: ofValues,
  initializers: must.list(must.having({ name: must.text, tensor: must.tensor })),
  nodes: must.list(ofNode),
  values: must.list(must.record),
})

/** What a model is, for whoever is handed one; nodes are held to their outline alone. */
export const ofModel: Check = {
  ...must.having({
    irVersion: must.whole(0),
    opset: must.whole(1),
    producer: must.having({ name: must.text, version: must.text }),
    metadata: must.named(must.text),
    body: ofBody,
  }),
  what: 'a model, as Graph.build and lossModel give it',
}

/** A constant as a node: where every initializer would be an input, or there are none. */
export const constantNode = ({ name, tensor }: Initializer): Node =>
  operation('Constant', [], name, { value: { tensor } })
