import type { DType, Tensor } from '../../../src/io/tensor.js'
import type { Body, Initializer, Model, Node, ValueInfo } from '../../../src/onnx/graph/model.js'
import { bodiesOf, namesRead } from '../../../src/onnx/graph/walk.js'

/** What is known of a value. */
export type Type = Pick<ValueInfo, 'dtype' | 'shape'>

/** A node that may be mutated, in the graph or in the body of a loop, and what is known around it. */
export interface Site {
  readonly node: Node
  /** Element type and shape of a value. */
  readonly typeOf: (name: string) => Type | undefined
  /** What a value holds, where it is a constant. */
  readonly constant: (name: string) => Tensor | undefined
  /** The node that a value comes from. */
  readonly maker: (name: string) => Node | undefined
  /** The nodes that read a value. */
  readonly readers: (name: string) => readonly Node[]
  /** Whether it leads to gradients and to no other output. */
  readonly onlyGradients: boolean
}

/** What stands in the place of a node. */
export interface Change {
  readonly nodes: readonly Node[]
  readonly constants?: readonly Initializer[]
}

const withBodies = (body: Body): Body[] => [body, ...body.nodes.flatMap(bodiesOf).flatMap(withBodies)]

const tableOf = ({ op, attributes }: Node): Tensor | undefined =>
  op === 'Constant' && attributes.value && 'tensor' in attributes.value ? attributes.value.tensor : undefined

/** Names of values that reach an output other than a gradient. */
function reaching({ nodes, outputs }: Body): ReadonlySet<string> {
  const names = outputs.map(({ name }) => name).filter((name) => !name.startsWith('grad_'))
  const reached = new Set(names)
  for (const node of nodes.toReversed())
    if (node.outputs.some((name) => reached.has(name))) for (const name of namesRead(node)) reached.add(name)
  return reached
}

/** Every node of a model. Values in bodies have names of their own, so one table serves all. */
export function sitesOf({ body }: Model): Site[] {
  const bodies = withBodies(body)
  const nodes = bodies.flatMap((own) => own.nodes)
  const types = new Map<string, Type>()
  const constants = new Map<string, Tensor>()
  for (const { inputs, outputs, values, initializers } of bodies) {
    for (const value of [...inputs, ...outputs, ...values]) types.set(value.name, value)
    for (const { name, tensor } of initializers) constants.set(name, tensor)
  }
  for (const node of nodes) {
    const tensor = tableOf(node)
    if (tensor) constants.set(node.outputs[0] as string, tensor)
  }
  const makers = new Map(nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)))
  const reached = reaching(body)
  const around = {
    typeOf: (name: string) => types.get(name) ?? (constants.get(name) as Type | undefined),
    constant: (name: string) => constants.get(name),
    maker: (name: string) => makers.get(name),
    readers: (name: string) => nodes.filter(({ inputs }) => inputs.includes(name)),
  }
  const sitesIn = (own: Body, only?: boolean): Site[] =>
    own.nodes.flatMap((node) => {
      const onlyGradients = only ?? !node.outputs.some((name) => reached.has(name))
      return [{ ...around, node, onlyGradients }, ...bodiesOf(node).flatMap((inner) => sitesIn(inner, onlyGradients))]
    })
  return sitesIn(body).filter(({ node }) => node.op !== 'Constant')
}

/** A body with another node; types of values are left out, for they may no longer hold. */
function rewritten(body: Body, target: Node, by: readonly Node[]): Body {
  const nodes = body.nodes.flatMap((node) => {
    if (node === target) return by
    if (bodiesOf(node).length === 0) return [node]
    const attributes = Object.entries(node.attributes).map(([key, a]) => [
      key,
      'graph' in a ? { graph: rewritten(a.graph, target, by) } : a,
    ])
    return [{ ...node, attributes: Object.fromEntries(attributes) }]
  })
  return { ...body, nodes, values: [] }
}

/** The model with something else in the place of a node; its constants are those of the whole graph. */
export function changed(model: Model, { node }: Site, { nodes, constants = [] }: Change): Model {
  const body = rewritten(model.body, node, nodes)
  return { ...model, body: { ...body, initializers: [...body.initializers, ...constants] } }
}

/** A name that no value has. */
export const fresh = ({ node }: Site, what: string): string => `mutant/${node.outputs[0]}/${what}`

/** A constant of one number. */
export function scalarOf(site: Site, what: string, dtype: DType, value: number): Initializer {
  const data = {
    float16: () => new Uint16Array([value]),
    float32: () => new Float32Array([value]),
    float64: () => new Float64Array([value]),
    int32: () => new Int32Array([value]),
    int64: () => new BigInt64Array([BigInt(value)]),
    bool: () => new Uint8Array([value]),
  }[dtype]()
  return { name: fresh(site, what), tensor: { dtype, shape: [], data } as Tensor }
}

/** The node with another value at one of its inputs. */
export const reading = (node: Node, index: number, name: string): Node => ({
  ...node,
  inputs: node.inputs.map((own, i) => (i === index ? name : own)),
})

/** Something done to an input before the node reads it. */
export function before(site: Site, index: number, op: (input: string, output: string) => Node[]): readonly Node[] {
  const name = fresh(site, `before${index}`)
  return [...op(site.node.inputs[index] as string, name), reading(site.node, index, name)]
}

/** Something done to the first output of a node. */
export function after({ node }: Site, op: (input: string, output: string) => Node[]): readonly Node[] {
  const [output, ...rest] = node.outputs as [string]
  const name = `mutant/${output}/after`
  // The node that gives the output takes its name as well.
  return [{ ...node, name: `mutant/${node.name}`, outputs: [name, ...rest] }, ...op(name, output)]
}
