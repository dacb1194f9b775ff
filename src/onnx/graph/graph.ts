import { type DType, sizeOf, type Tensor } from '../../io/index.js'
import { build, type Outputs, type Stamp } from './build.js'
import { ConstantPool, tensorOf } from './constants.js'
import { GraphError } from './errors.js'
import type { Attribute, Body, Dim, Model, Node, Shape, ValueInfo } from './model.js'
import { NameAuthority } from './names.js'
import { type GraphOptions, opsetRange } from './options.js'
import type { Value } from './value.js'

/** The nodes of the graph itself or of one subgraph, while it is being written. */
export interface Block {
  readonly name: string
  readonly inputs: ValueInfo[]
  readonly nodes: Node[]
}

/** What an operator yields: one element type and shape for each output. */
export type Result<D extends DType = DType> = readonly [dtype: D, shape: Shape]

const noAttributes: Readonly<Record<string, Attribute>> = {}

/**
 * A graph under construction. Operators take the graph from their operands; there is no current graph. The same calls
 * give the same bytes: names depend on scopes and operators alone.
 */
export class Graph {
  readonly opset: number
  readonly irVersion: number
  readonly open: boolean
  readonly lacks: readonly string[]
  /** Sizes that attributes set, by the dimensions that name them: rank 0. */
  readonly sizes = new Map<string, Value<'int64'>>()
  readonly types = new Map<string, ValueInfo>()
  readonly root: Block = { name: 'main', inputs: [], nodes: [] }
  readonly constants: ConstantPool
  readonly #names = new NameAuthority()
  readonly #symbols = new NameAuthority()
  readonly #open: Block[] = [this.root]

  /** @throws GraphError E_OPSET for an opset outside `opsetRange`. */
  constructor({ opset = 17, irVersion = 8, open = false, lacks = [] }: GraphOptions = {}) {
    const { min, max } = opsetRange
    if (!Number.isInteger(opset) || opset < min || opset > max)
      throw new GraphError('E_OPSET', 'graph', `opset must be ${min} to ${max}, got ${opset}`)
    this.opset = opset
    this.irVersion = irVersion
    this.open = open
    this.lacks = lacks
    this.constants = new ConstantPool(this.#names)
  }

  /** Runs `body` with `name` appended to the names of the nodes it makes. */
  scope<T>(name: string, body: () => T): T {
    return this.#names.within(name, body)
  }

  /** Scope path of `leaf`, for messages. */
  at(leaf: string): string {
    return this.#names.path(leaf)
  }

  /**
   * A graph input with its public name. Symbolic dimensions are strings.
   * @throws GraphError E_NAME, E_SHAPE
   */
  input<D extends DType>(name: string, dtype: D, shape: Shape): Value<D> {
    if (name === '') throw new GraphError('E_NAME', 'input', 'the name is empty')
    if (this.#names.unique(name) !== name) throw new GraphError('E_NAME', name, 'the name is taken')
    for (const dim of shape) {
      if (typeof dim === 'string' ? dim === '' : !Number.isInteger(dim) || dim < 0)
        throw new GraphError('E_SHAPE', name, `dimension '${dim}' is neither a size nor the name of one`)
      if (typeof dim === 'string') this.#symbols.reserve(dim)
    }
    const value = this.#value({ name, dtype, shape }, this.root)
    this.root.inputs.push(infoOf(value))
    return value
  }

  /** A dimension known only when the graph runs; a repeat reads `name_1`. */
  symbol(name: string): Dim {
    return this.#symbols.unique(name)
  }

  /** A constant; equal contents are stored once. `hint` names what is too long to be spelled out in its name. */
  constant<D extends DType>(tensor: Tensor<D>, hint?: string): Value<D> {
    const { shape, data } = tensor
    if (sizeOf(shape) !== data.length)
      throw new GraphError('E_SHAPE', this.at('constant'), `[${shape}] does not hold ${data.length} elements`)
    const name = this.constants.intern(tensor, hint)
    return this.#value({ name, dtype: tensor.dtype, shape: tensor.shape }, this.root)
  }

  /** The input, constant or result of this name, of the graph itself. @throws GraphError E_NAME for one it does not have */
  valueOf(name: string): Value {
    const info = this.types.get(name)
    if (!info) throw new GraphError('E_NAME', name, 'the graph knows no value of this name, or not what it is')
    return Object.freeze({ ...info, graph: this, block: this.root })
  }

  /** Puts another node in the place of one of the graph itself. @throws GraphError E_GRAPH for any other node */
  changed(node: Node, to: Node): Node {
    const at = this.root.nodes.indexOf(node)
    if (at < 0) throw new GraphError('E_GRAPH', node.name, 'is no node of this graph')
    this.root.nodes[at] = to
    return to
  }

  /** One result more of a node of the graph itself, behind those it has. @throws GraphError E_GRAPH for any other node */
  extended<D extends DType>(node: Node, [dtype, shape]: Result<D>): Value<D> {
    const name = this.#names.unique(`${node.name}/${node.outputs.length}`)
    this.changed(node, { ...node, outputs: [...node.outputs, name] })
    return this.#value({ name, dtype, shape }, this.root)
  }

  /** Takes over what a finished model consists of, under the names it has there. @throws GraphError E_NAME for one that is taken */
  adopt({ inputs, initializers, nodes, values, outputs }: Body): void {
    const constants = initializers.map(({ name, tensor: { dtype, shape } }) => ({ name, dtype, shape }))
    for (const info of [...inputs, ...constants, ...values, ...outputs]) {
      if (this.#names.unique(info.name) !== info.name) throw new GraphError('E_NAME', info.name, 'the name is taken')
      this.#value(info, this.root)
    }
    for (const { name, tensor } of initializers) this.constants.tensors.set(name, tensor)
    for (const { name } of nodes) this.#names.reserve(name)
    this.root.inputs.push(...inputs)
    this.root.nodes.push(...nodes)
  }

  /** A rank-0 constant. */
  scalar<D extends DType>(x: number, dtype: D): Value<D> {
    return this.constant(tensorOf(dtype, [], [x]))
  }

  /** A rank-1 int64 constant, as shapes, axes and indices want it. */
  ints(values: readonly number[]): Value<'int64'> {
    return this.constant(tensorOf('int64', [values.length], values))
  }

  /** The value of an attribute of the function whose body this is: a number of rank 0, or a list of `count` of them. */
  attribute(name: string, of: 'int'): Value<'int64'>
  attribute(name: string, of: 'float'): Value<'float32'>
  attribute(name: string, of: 'floats', count: number): Value<'float32'>
  attribute(name: string, of: 'int' | 'float' | 'floats', count?: number): Value {
    const result: Result = [of === 'int' ? 'int64' : 'float32', count === undefined ? [] : [count]]
    return this.emit('Constant', [], result, { [`value_${of}`]: { attribute: name, of } })
  }

  /** Appends a node with one output. */
  emit<D extends DType>(
    op: string,
    inputs: readonly Value[],
    [dtype, shape]: Result<D>,
    attributes: Readonly<Record<string, Attribute>> = noAttributes,
  ): Value<D> {
    const name = this.#append(op, inputs, attributes, (n) => [n])
    return this.#value({ name, dtype, shape }, this.#block)
  }

  /** Appends a node with several outputs, named `path/Op/0`, `path/Op/1`, … */
  emitMany<const R extends readonly Result[]>(
    op: string,
    inputs: readonly Value[],
    results: R,
    attributes: Readonly<Record<string, Attribute>> = noAttributes,
  ): { [I in keyof R]: Value<R[I][0]> } {
    const outputs = (node: string) => results.map((_, i) => `${node}/${i}`)
    const name = this.#append(op, inputs, attributes, outputs)
    const values = outputs(name).map((n, i) => {
      const [dtype, shape] = results[i] as Result
      return this.#value({ name: n, dtype, shape }, this.#block)
    })
    return values as { [I in keyof R]: Value<R[I][0]> }
  }

  /**
   * Writes the body of a control-flow node. `write` gets one value for each input and returns the body's outputs; it may
   * use values of the enclosing graph, but what it makes stays inside.
   */
  subgraph(name: string, inputs: readonly Result[], write: (inputs: Value[]) => readonly Value[]): Body {
    return this.scope(name, () => {
      const block: Block = { name: this.at('body'), inputs: [], nodes: [] }
      this.#open.push(block)
      try {
        const operands = inputs.map(([dtype, shape], i) => {
          const info = { name: this.#names.local(`in${i}`), dtype, shape }
          block.inputs.push(info)
          return this.#value(info, block)
        })
        const outputs = write(operands)
        outputs.forEach((v, i) => {
          this.#check(`output ${i} of ${block.name}`, [v])
          if (v.block !== block) throw new GraphError('E_GRAPH', block.name, 'an output is not made inside', { v })
        })
        const given = new Set(outputs.map((v) => v.name))
        const inside = block.nodes.flatMap((n) => n.outputs).filter((n) => !given.has(n))
        const values = inside.map((n) => this.types.get(n) as ValueInfo)
        return { ...block, initializers: [], outputs: outputs.map(infoOf), values }
      } finally {
        this.#open.pop()
      }
    })
  }

  /**
   * The finished model. `outputs` gives the public names, in order; nodes that no output needs are left out.
   * @throws GraphError E_NAME when a public name is taken.
   */
  build(outputs: Outputs, stamp: Stamp = {}): Model {
    for (const [name, v] of Object.entries(outputs)) this.#check(`output ${name}`, [v])
    return build(this, outputs, stamp)
  }

  get #block(): Block {
    return this.#open.at(-1) as Block
  }

  #append(
    op: string,
    inputs: readonly Value[],
    attributes: Readonly<Record<string, Attribute>>,
    outputs: (name: string) => string[],
  ): string {
    this.#check(op, inputs)
    const name = this.#names.local(op)
    this.#block.nodes.push({ name, op, inputs: inputs.map((v) => v.name), outputs: outputs(name), attributes })
    return name
  }

  #value<D extends DType>(info: { name: string; dtype: D; shape: Shape }, block: Block): Value<D> {
    const own = { ...info, shape: Object.freeze([...info.shape]) }
    this.types.set(info.name, own)
    return Object.freeze({ ...own, graph: this, block })
  }

  #check(op: string, inputs: readonly Value[]): void {
    for (const v of inputs) {
      if (v.graph !== this) {
        const hint = 'build both with the operators of one graph, or merge the finished models'
        throw new GraphError('E_GRAPH', this.at(op), 'an operand belongs to another graph', { operand: v }, hint)
      }
      if (!this.#open.includes(v.block))
        throw new GraphError('E_GRAPH', this.at(op), 'an operand lives inside a finished subgraph', { operand: v })
    }
  }
}

/** Name and type of a value, without its graph. */
export const infoOf = ({ name, dtype, shape }: Value): ValueInfo => ({ name, dtype, shape })
