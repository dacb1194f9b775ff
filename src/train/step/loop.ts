import type { Addition } from '../../attach/index.js'
import { type Detector, graphField } from '../../detector/index.js'
import { type Body, type Edit, encodePart, type Initializer, type Node, operation, renameNode, tensorOf, type ValueInfo } from '../../onnx/index.js' // biome-ignore format: one line

const next = 'next_'

const stacked =
  (count: number) =>
  ({ name, dtype, shape }: ValueInfo): ValueInfo => ({ name, dtype, shape: [count, ...shape] })

/** Names that nobody has. */
function freshNames(taken: ReadonlySet<string>): () => string {
  let count = 0
  const fresh = (): string => {
    const name = `l/${(count++).toString(36)}`
    return taken.has(name) ? fresh() : name
  }
  return fresh
}

/** What goes through a loop, by its names outside. */
interface Passing {
  /** What one step hands to the next. */
  readonly carried: readonly ValueInfo[]
  /** What each step has one of. */
  readonly each: readonly ValueInfo[]
  /** What each step hands out. */
  readonly out: readonly ValueInfo[]
}

/** A node is named after its first result, which has a name of its own; those inside it keep theirs. */
const calledAfter = ({ outputs }: Node, value: (name: string) => string): string =>
  value(outputs.find((name) => name !== '') ?? '')

/** The body of the loop: under names of its own, for those outside are seen inside. */
function bodyOf(nodes: readonly Node[], { carried, each, out }: Passing, fresh: () => string): Body {
  const made = nodes.flatMap((n) => n.outputs).filter((name) => name !== '')
  const names = new Map([...made, ...[...carried, ...each].map((v) => v.name)].map((name) => [name, fresh()]))
  const value = (name: string) => names.get(name) ?? name
  const inside = (v: ValueInfo, name = v.name): ValueInfo => ({ ...v, name: value(name) })
  const [turn, before, after] = [fresh(), fresh(), fresh()]
  const own = each.map(({ name }) => operation('Gather', [name, turn], value(name), { axis: { int: 0 } }))
  const goOn = (name: string): ValueInfo => ({ name, dtype: 'bool', shape: [] })
  return {
    name: 'steps',
    inputs: [{ name: turn, dtype: 'int64', shape: [] }, goOn(before), ...carried.map((v) => inside(v))],
    outputs: [goOn(after), ...carried.map((v) => inside(v, `${next}${v.name}`)), ...out.map((v) => inside(v))],
    initializers: [],
    nodes: [
      operation('Identity', [before], after),
      ...own,
      ...nodes.map((n) => renameNode(n, { value, node: (name) => (name === n.name ? calledAfter(n, value) : name) })),
    ],
    values: [],
  }
}

/**
 * Several steps in one: what a step hands to the next goes round in a loop; everything else that goes in or comes out gets
 * a leading axis, an entry for each step. Constants stay outside.
 * @param step with the nodes of the detector
 * @param fed inputs of the detector
 * @param heads outputs of the detector, those that are kept
 */
export function looped(
  step: Addition,
  fed: readonly ValueInfo[],
  heads: readonly ValueInfo[],
  count: number,
  taken: ReadonlySet<string>,
): Addition {
  const fresh = freshNames(taken)
  const isNext = ({ name }: ValueInfo) => name.startsWith(next)
  const after = step.outputs.filter(isNext)
  const carried = after.map((v) => ({ ...v, name: v.name.slice(next.length) }))
  const names = new Set(carried.map(({ name }) => name))
  const each = [...fed, ...step.inputs].filter(({ name }) => !names.has(name))
  const [loss, ...others] = step.outputs.filter((v) => !isNext(v)) as [ValueInfo, ...ValueInfo[]]
  const out = [loss, ...heads, ...others]
  const [times, always] = [fresh(), fresh()]
  const constants: readonly Initializer[] = [
    { name: times, tensor: tensorOf('int64', [], [count]) },
    { name: always, tensor: tensorOf('bool', [], [1]) },
  ]
  const body = bodyOf(step.nodes, { carried, each, out }, fresh)
  const stack = stacked(count)
  const loop: Node = {
    name: fresh(),
    op: 'Loop',
    inputs: [times, always, ...carried.map(({ name }) => name)],
    outputs: [...after, ...out].map(({ name }) => name),
    attributes: { body: { graph: body } },
  }
  return {
    ...step,
    nodes: [loop],
    initializers: [...step.initializers, ...constants],
    inputs: step.inputs.map((v) => (names.has(v.name) ? v : stack(v))),
    outputs: [...out.map(stack), ...after],
  }
}

/** Takes the nodes of a detector out, which are in the loop, and gives its inputs the axis of the steps. */
export function emptied({ graph }: Detector, fed: readonly ValueInfo[], count: number): Edit[] {
  const all = (number: number, list: readonly unknown[]): Edit => ({ number, at: 0, count: list.length, put: [] })
  const inputs = fed.map((v): Edit => {
    const at = graph.input.findIndex(({ name }) => name === v.name)
    return { number: graphField.input, at, count: 1, put: [encodePart.value(stacked(count)(v))] }
  })
  return [all(graphField.node, graph.node), all(graphField.value, graph.valueInfo), ...inputs]
}
