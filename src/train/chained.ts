import { type Body, type Model, renameNode, type ValueInfo } from '../onnx/index.js'

/**
 * Models that run one after another as one: an input of the name of an output before it takes that, and such an output is
 * none of the whole. Inputs of one name are one. Everything inside is called after its model.
 */
export function chained(name: string, models: Readonly<Record<'forward' | 'loss' | 'update', Model>>): Model {
  const bodies = Object.entries(models).map(([own, { body }]) => under(own, body))
  const [read, made] = [bodies.flatMap((b) => b.inputs), bodies.flatMap((b) => b.outputs)]
  const [wanted, given] = [named(read), named(made)]
  const body: Body = {
    name,
    inputs: [...wanted.values()].filter((v) => !given.has(v.name)),
    outputs: made.filter((v) => !wanted.has(v.name)),
    initializers: bodies.flatMap((b) => b.initializers),
    nodes: bodies.flatMap((b) => b.nodes),
    values: [...bodies.flatMap((b) => b.values), ...made.filter((v) => wanted.has(v.name))],
  }
  const { irVersion, opset, producer } = models.loss
  return { irVersion, opset, producer, metadata: {}, body }
}

const named = (values: readonly ValueInfo[]) => new Map(values.map((v) => [v.name, v]))

/** A graph whose inner names begin with this one; an omitted input has none. */
function under(prefix: string, body: Body): Body {
  const open = new Set(['', ...[...body.inputs, ...body.outputs].map((v) => v.name)])
  const value = (name: string) => (open.has(name) ? name : `${prefix}/${name}`)
  const info = (v: ValueInfo) => ({ ...v, name: value(v.name) })
  return {
    ...body,
    initializers: body.initializers.map(({ name, tensor }) => ({ name: value(name), tensor })),
    nodes: body.nodes.map((node) => renameNode(node, { value, info, node: (name) => `${prefix}/${name}` })),
    values: body.values.map(info),
  }
}
