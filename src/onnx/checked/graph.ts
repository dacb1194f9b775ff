import { type DType, must, type Tensor } from '../../io/index.js'
import type { Outputs, Stamp } from '../graph/build.js'
import { GraphError } from '../graph/errors.js'
import { Graph, type Result } from '../graph/graph.js'
import {
  type Attribute,
  type Body,
  type Dim,
  type Model,
  type Node,
  ofBody,
  ofNode,
  type Shape,
} from '../graph/model.js'
import type { GraphOptions } from '../graph/options.js'
import type { Value } from '../graph/value.js'
import { expectTypes, inGraph, takes } from './checks.js'

const { dtype, result, results, shape, value, values } = takes
const attributes = must.optional(must.named(must.record))
const ofGraph = must.optional(must.options({ opset: must.whole(1), irVersion: must.whole(1), open: must.yesOrNo }))
const ofStamp = must.optional(
  must.options({
    name: must.text,
    producer: must.having({ name: must.text, version: must.text }),
    metadata: must.named(must.text),
  }),
)

/** A graph of whoever uses the library: every method looks at its arguments first. */
export class CheckedGraph extends Graph {
  /** @throws GraphError E_TYPE, E_OPSET */
  constructor(options: GraphOptions = {}) {
    expectTypes('graph', [ofGraph], [options])
    super(options)
  }

  override scope<T>(name: string, body: () => T): T {
    expectTypes('scope', [must.text, takes.function], [name, body])
    return super.scope(name, body)
  }

  override at(leaf: string): string {
    expectTypes('at', [must.text], [leaf])
    return super.at(leaf)
  }

  override input<D extends DType>(name: string, type: D, dims: Shape): Value<D> {
    expectTypes('input', [must.text, dtype, shape], [name, type, dims])
    return super.input(name, type, dims)
  }

  override symbol(name: string): Dim {
    expectTypes('symbol', [must.text], [name])
    return super.symbol(name)
  }

  override constant<D extends DType>(tensor: Tensor<D>, hint?: string): Value<D> {
    expectTypes('constant', [must.tensor, must.optional(must.text)], [tensor, hint])
    return super.constant(tensor, hint)
  }

  override valueOf(name: string): Value {
    expectTypes('valueOf', [must.text], [name])
    return super.valueOf(name)
  }

  override changed(node: Node, to: Node): Node {
    expectTypes('changed', [ofNode, ofNode], [node, to])
    return super.changed(node, to)
  }

  override extended<D extends DType>(node: Node, more: Result<D>): Value<D> {
    expectTypes('extended', [ofNode, result], [node, more])
    return super.extended(node, more)
  }

  override adopt(body: Body): void {
    expectTypes('adopt', [ofBody], [body])
    super.adopt(body)
  }

  override scalar<D extends DType>(x: number, type: D): Value<D> {
    expectTypes('scalar', [{ what: 'a number', fits: (n) => typeof n === 'number' }, dtype], [x, type])
    return inGraph('scalar', () => super.scalar(x, type))
  }

  override ints(numbers: readonly number[]): Value<'int64'> {
    expectTypes('ints', [takes.ints], [numbers])
    return super.ints(numbers)
  }

  override attribute(name: string, of: 'int'): Value<'int64'>
  override attribute(name: string, of: 'float'): Value<'float32'>
  override attribute(name: string, of: 'floats', count: number): Value<'float32'>
  override attribute(name: string, of: 'int' | 'float' | 'floats', count?: number): Value {
    const counted = of === 'floats' ? must.whole(0) : must.optional(must.whole(0))
    expectTypes('attribute', [takes.name, must.oneOf(['int', 'float', 'floats']), counted], [name, of, count])
    return of === 'floats' ? super.attribute(name, of, count as number) : super.attribute(name, of as 'int')
  }

  override emit<D extends DType>(
    op: string,
    inputs: readonly Value[],
    type: Result<D>,
    given?: Readonly<Record<string, Attribute>>,
  ): Value<D> {
    expectTypes('emit', [takes.name, values, result, attributes], [op, inputs, type, given])
    return super.emit(op, inputs, type, given)
  }

  override emitMany<const R extends readonly Result[]>(
    op: string,
    inputs: readonly Value[],
    types: R,
    given?: Readonly<Record<string, Attribute>>,
  ): { [I in keyof R]: Value<R[I][0]> } {
    expectTypes('emitMany', [takes.name, values, results, attributes], [op, inputs, types, given])
    return super.emitMany(op, inputs, types, given)
  }

  override subgraph(name: string, inputs: readonly Result[], write: (inputs: Value[]) => readonly Value[]): Body {
    expectTypes('subgraph', [must.text, results, takes.function], [name, inputs, write])
    return super.subgraph(name, inputs, (own) => {
      const made = write(own)
      expectTypes(`subgraph ${name}, result`, [values], [made])
      return made
    })
  }

  override build(outputs: Outputs, stamp?: Stamp): Model {
    expectTypes('build', [must.named(value), ofStamp], [outputs, stamp])
    if (Object.keys(outputs).length === 0)
      throw new GraphError('E_GRAPH', 'build', 'a model needs an output', {}, 'give values by name: build({ y })')
    return super.build(outputs, stamp)
  }
}
