import type { DType, Tensor } from '../../io/index.js'

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

/** A constant as a node: where every initializer would be an input, or there are none. */
export const constantNode = ({ name, tensor }: Initializer): Node =>
  operation('Constant', [], name, { value: { tensor } })
