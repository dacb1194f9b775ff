import type { Tensor } from '../io/index.js'
import { type Attribute, type Initializer, type Model, type Node, tensorOf } from '../onnx/index.js'
import { type Anchor, type LossConfig, reach, slackInSize } from '../yolo/index.js'

/** An attribute of the function, and how a constant follows from it. */
interface Parameter {
  readonly name: 'anchors' | 'classes' | 'ignore_threshold'
  readonly value: (config: LossConfig) => Attribute
  /** The same configuration with another value of it, for finding the constants that depend on it. */
  readonly varied: (config: LossConfig) => LossConfig
  /** Nodes that compute a constant, whose values under both configurations are given, into `output`. */
  readonly compute: (before: Tensor, after: Tensor, output: string, config: LossConfig) => Node[]
}

const node = (op: string, inputs: readonly string[], output: string, attributes: Node['attributes'] = {}): Node => ({
  name: output,
  op,
  inputs,
  outputs: [output],
  attributes,
})
const constant = (output: string, tensor: Tensor): Node => node('Constant', [], output, { value: { tensor } })
const numbers = (t: Tensor): number[] => Array.from(t.data as Float64Array, Number)
const isEqual = (a: Tensor, b: Tensor): boolean =>
  a.dtype === b.dtype && String(a.shape) === String(b.shape) && String(numbers(a)) === String(numbers(b))

/** Rows of the anchor table, picked by the places that hold them. */
function anchorRows(before: Tensor, _: Tensor, output: string, { anchors }: LossConfig): Node[] {
  const values = numbers(before)
  const rows = Array.from({ length: values.length / 2 }, (_, i) => [values[2 * i], values[2 * i + 1]])
  const places = rows.map(([w, h]) => anchors.findIndex((a) => Math.fround(a[0]) === w && Math.fround(a[1]) === h))
  if (before.shape.length !== 2 || places.includes(-1)) throw new Error(`internal: ${output} is no table of anchors`)
  return [
    node('Constant', [], `${output}/flat`, { value_floats: { attribute: 'anchors', of: 'floats' } }),
    constant(`${output}/pairs`, tensorOf('int64', [2], [-1, 2])),
    node('Reshape', [`${output}/flat`, `${output}/pairs`], `${output}/table`),
    constant(`${output}/mask`, tensorOf('int64', [places.length], places)),
    node('Gather', [`${output}/table`, `${output}/mask`], before.dtype === 'float32' ? output : `${output}/rows`, {
      axis: { int: 0 },
    }),
    ...(before.dtype === 'float32' ? [] : [node('Cast', [`${output}/rows`], output, { to: { int: 11 } })]),
  ]
}

/** A linear function of the number of classes, element by element, or the numbers from 0 up to one. */
function ofClasses(before: Tensor, after: Tensor, output: string, { classes }: LossConfig): Node[] {
  const [from, to] = [numbers(before), numbers(after)]
  const given = node('Constant', [], `${output}/classes`, { value_int: { attribute: 'classes', of: 'int' } })
  if (before.shape.length === 1 && to.length === from.length + 1 && to.every((x, i) => x === i))
    return [
      given,
      constant(`${output}/more`, tensorOf('int64', [], [from.length - classes])),
      node('Add', [`${output}/classes`, `${output}/more`], `${output}/end`),
      constant(`${output}/zero`, tensorOf('int64', [], [0])),
      constant(`${output}/one`, tensorOf('int64', [], [1])),
      node('Range', [`${output}/zero`, `${output}/end`, `${output}/one`], output),
    ]
  if (from.length !== to.length || before.dtype !== 'int64')
    throw new Error(`internal: ${output} is not linear in classes`)
  const slopes = from.map((x, i) => (to[i] as number) - x)
  return [
    given,
    constant(`${output}/slope`, tensorOf('int64', before.shape, slopes)),
    node('Mul', [`${output}/classes`, `${output}/slope`], `${output}/varying`),
    constant(
      `${output}/rest`,
      tensorOf(
        'int64',
        before.shape,
        from.map((x, i) => x - classes * (slopes[i] as number)),
      ),
    ),
    node('Add', [`${output}/varying`, `${output}/rest`], output),
  ]
}

/** The threshold itself, or how far a box reaches at it. */
function ofThreshold(before: Tensor, _: Tensor, output: string, { ignoreThreshold: θ }: LossConfig): Node[] {
  const { dtype } = before
  const [value] = numbers(before)
  const rounded = (x: number) => (dtype === 'float32' ? Math.fround(x) : x)
  const typed = (name: string) =>
    dtype === 'float32'
      ? [node('Constant', [], name, { value_float: { attribute: 'ignore_threshold', of: 'float' } })]
      : [node('Constant', [], `${name}/float32`, { value_float: { attribute: 'ignore_threshold', of: 'float' } }),
         node('Cast', [`${name}/float32`], name, { to: { int: 11 } })] // biome-ignore format: a list
  if (value === rounded(θ)) return typed(output)
  if (value !== rounded(reach(θ))) throw new Error(`internal: ${output} does not follow from the threshold`)
  const part = (name: string) => `${output}/${name}`
  const literal = (name: string, x: number) => constant(part(name), tensorOf(dtype as 'float32', [], [x]))
  return [
    ...typed(part('threshold')),
    literal('one', 1), literal('half', 0.5), literal('zero', 0), literal('slack', slackInSize),
    node('Sub', [part('one'), part('threshold')], part('above')),
    node('Div', [part('one'), part('threshold')], part('inverse')),
    node('Sub', [part('inverse'), part('one')], part('twice')),
    node('Mul', [part('twice'), part('half')], part('below')),
    node('Less', [part('threshold'), part('half')], part('isBelow')),
    node('Where', [part('isBelow'), part('below'), part('above')], part('bare')),
    node('Max', [part('bare'), part('zero')], part('positive')),
    node('Mul', [part('positive'), part('slack')], output),
  ] // biome-ignore format: a list
}

const scaled = (anchors: readonly Anchor[]): Anchor[] => anchors.map(([w, h], i) => [w * (3 + i), h * (5 + i)])

/** What a call of the function may set. */
export const parameters: readonly Parameter[] = [
  {
    name: 'anchors',
    value: ({ anchors }) => ({ floats: anchors.flat() }),
    varied: (config) => ({ ...config, anchors: scaled(config.anchors) }),
    compute: anchorRows,
  },
  {
    name: 'classes',
    value: ({ classes }) => ({ int: classes }),
    varied: (config) => ({ ...config, classes: config.classes + 1 }),
    compute: ofClasses,
  },
  {
    name: 'ignore_threshold',
    value: ({ ignoreThreshold }) => ({ float: ignoreThreshold }),
    varied: (config) => ({ ...config, ignoreThreshold: config.ignoreThreshold * 0.75 }),
    compute: ofThreshold,
  },
]

/**
 * The nodes of a loss with every constant that depends on a parameter computed from it. Which ones do is found by
 * building the loss with another value: the graph is the same, but for these constants. That it is so is checked.
 */
export function parametrised(build: (config: LossConfig) => Model, config: LossConfig): Node[] {
  const base = build(config)
  const constants = tensorsOf(base)
  const computed = new Map<string, Node[]>()
  let nodes = [...base.body.nodes]
  for (const parameter of parameters) {
    const varied = build(parameter.varied(config))
    const after = tensorsOf(varied)
    requireSame(base, varied, parameter.name)
    nodes = nodes.map((n, i) => {
      const other = varied.body.nodes[i] as Node
      const inputs = n.inputs.map((name, k) => {
        const [was, is] = [constants.get(name), after.get(other.inputs[k] ?? '')]
        if (!was || !is || isEqual(was, is)) return name
        const output = `${parameter.name}/${name}→${other.inputs[k]}`
        if (!computed.has(output)) computed.set(output, parameter.compute(was, is, output, config))
        return output
      })
      return { ...n, inputs }
    })
  }
  const used = new Set(nodes.flatMap((n) => n.inputs))
  const plain = base.body.initializers.filter((c) => used.has(c.name))
  return [...plain.map((c) => constant(c.name, c.tensor)), ...[...computed.values()].flat(), ...nodes]
}

const tensorsOf = ({ body }: Model): Map<string, Tensor> =>
  new Map(body.initializers.map(({ name, tensor }: Initializer) => [name, tensor]))

function requireSame(a: Model, b: Model, parameter: string): void {
  const plain = (_: string, x: unknown) => (typeof x === 'bigint' ? String(x) : x)
  const shapeOf = ({ body }: Model) =>
    JSON.stringify(
      body.nodes.map((n) => [n.op, n.outputs, n.attributes]),
      plain,
    )
  if (shapeOf(a) !== shapeOf(b)) throw new Error(`internal: another value of ${parameter} makes another graph`)
}
