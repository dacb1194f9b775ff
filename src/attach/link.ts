import { type DetectorHead, dimAlong } from '../detector/index.js'
import type { Body, Dim, Initializer, Model, Node, Shape, ValueInfo } from '../onnx/index.js'
import { bodiesOf, product, renameNode, withInner } from '../onnx/index.js'
import { type LossConfig, ofScale } from '../yolo/index.js'
import { headName } from './adapt.js'

/** What is added to a graph, under final names. */
export interface Addition {
  readonly nodes: readonly Node[]
  readonly initializers: readonly Initializer[]
  readonly inputs: readonly ValueInfo[]
  readonly outputs: readonly ValueInfo[]
  readonly values: readonly ValueInfo[]
  /** What our names became where the detector has them already. */
  readonly renamed: ReadonlyMap<string, string>
}

/** Names and symbols that are taken. */
export interface Taken {
  readonly values: ReadonlySet<string>
  readonly nodes: ReadonlySet<string>
  readonly symbols: ReadonlySet<string>
}

const prefix = 'yolov3_loss/'

/** The name itself, or with as many prefixes as it takes to be free; only what collides is renamed. */
function freeName(name: string, taken: ReadonlySet<string>, own: ReadonlySet<string>): string {
  let free = name
  while (taken.has(free) || (free !== name && own.has(free))) free = prefix + free
  return free
}

function renaming(names: readonly string[], taken: ReadonlySet<string>): Map<string, string> {
  const own = new Set(names)
  return new Map([...own].map((name) => [name, freeName(name, taken, own)]))
}

/**
 * The loss behind an adapter, ready to be put into a detector: the logits bound to the heads, sizes of the heads in
 * place of the loss's symbols, our names out of the way of the detector's.
 * @param layout of the logits that the loss takes
 */
export function link(
  front: Model,
  loss: Model,
  { layout }: Pick<LossConfig, 'layout'>,
  heads: readonly DetectorHead[],
  taken: Taken,
): Addition {
  const ours = [front.body, loss.body]
  const bound = new Map(heads.map((head, l) => [ofScale('y_pred', l), head.name]))
  for (const { name } of front.body.outputs) bound.delete(name)
  const inputs = loss.body.inputs.filter(({ name }) => !heads.some((_, l) => ofScale('y_pred', l) === name))
  const nodes = withInner(ours.flatMap((b) => b.nodes)).map((n) => n.name)
  const [values, nodeNames] = [renaming(madeNames(ours, inputs), taken.values), renaming(nodes, taken.nodes)]
  const dims = dimensions(loss, layout, heads, taken.symbols)
  const value = (name: string) => bound.get(name) ?? values.get(name) ?? name
  const info = ({ name, dtype, shape }: ValueInfo) => ({ name: value(name), dtype, shape: shape.map(dims) })
  // What the adapter reads, and the symbols of its shapes, are the detector's own and mean what they say.
  const read = new Map(heads.map((head, l) => [headName(l), head.name]))
  const frontValue = (name: string) => read.get(name) ?? value(name)
  const theirs = new Set(heads.flatMap((h) => [...h.shape, h.grid.h, h.grid.w]))
  const frontInfo = (v: ValueInfo) => ({ ...info(v), shape: v.shape.map((d) => (theirs.has(d) ? d : dims(d))) })
  const node = (name: string) => nodeNames.get(name) as string
  return {
    nodes: [
      ...front.body.nodes.map((n) => renameNode(n, { value: frontValue, node, info: frontInfo })),
      ...loss.body.nodes.map((n) => renameNode(n, { value, node, info })),
    ],
    initializers: distinct(ours.flatMap((b) => b.initializers)).map((c) => ({ ...c, name: value(c.name) })),
    inputs: inputs.map(info),
    outputs: loss.body.outputs.map(info),
    values: [...[...front.body.values, ...front.body.outputs].map(frontInfo), ...loss.body.values.map(info)],
    renamed: new Map([...values].filter(([from, to]) => from !== to)),
  }
}

function madeNames(bodies: readonly Body[], inputs: readonly ValueInfo[]): string[] {
  const nodes = withInner(bodies.flatMap((b) => b.nodes))
  const inner = nodes.flatMap((n) => bodiesOf(n).flatMap((b) => b.inputs.map((i) => i.name)))
  const constants = bodies.flatMap((b) => b.initializers.map((c) => c.name))
  const names = [...inputs.map((i) => i.name), ...constants, ...nodes.flatMap((n) => n.outputs), ...inner]
  return names.filter((name) => name !== '')
}

/** Both parts spell their short constants out, so equal names mean equal contents. */
function distinct(constants: readonly Initializer[]): Initializer[] {
  const byName = new Map(constants.map((c) => [c.name, c]))
  const odd = constants.find((c) => String(byName.get(c.name)?.tensor.data) !== String(c.tensor.data))
  if (odd) throw new Error(`internal: two constants are named ${odd.name}`)
  return [...byName.values()]
}

/** The loss's own symbols for sizes that a head knows give way to those, the others only to collisions. */
function dimensions(
  loss: Model,
  layout: LossConfig['layout'],
  heads: readonly DetectorHead[],
  taken: ReadonlySet<string>,
): (dim: Dim) => Dim {
  const given = new Map<string, Dim>()
  const know = (symbol: Dim | undefined, size: Dim) => {
    if (typeof symbol === 'string' && size !== '' && !given.has(symbol)) given.set(symbol, size)
  }
  heads.forEach(({ shape, grid }, l) => {
    const logits = loss.body.inputs.find(({ name }) => name === ofScale('y_pred', l))?.shape ?? []
    know(dimAlong('b', logits, layout), shape[0] ?? '')
    know(dimAlong('h', logits, layout), grid.h)
    know(dimAlong('w', logits, layout), grid.w)
  })
  const everywhere: Shape = [...loss.body.inputs, ...loss.body.values, ...loss.body.outputs].flatMap((v) => v.shape)
  const own = new Set(everywhere.filter((d) => typeof d === 'string').flatMap((d) => d.match(symbolPattern) ?? []))
  const replace = (symbol: string): Dim => given.get(symbol) ?? freeName(symbol, taken, own)
  return (dim) => (typeof dim === 'number' ? dim : product(dim.split('*').map((factor) => rewritten(factor, replace))))
}

const symbolPattern = /[A-Za-z_]\w*/g

/** A factor of a dimension: a symbol, a numeral, or an expression such as `min(h0,2)`, which is only ever compared. */
function rewritten(factor: string, replace: (symbol: string) => Dim): Dim {
  if (/^\d+$/.test(factor)) return Number(factor)
  if (/^[A-Za-z_]\w*$/.test(factor)) return replace(factor)
  return factor.replaceAll(symbolPattern, (word) => (word === 'min' ? word : String(replace(word))))
}
