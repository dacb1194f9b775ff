import {
  type Addition,
  base64,
  type Extras,
  headRecord,
  hollow,
  type InPieces,
  type Kept,
  merge,
} from '../../attach/index.js'
import { type Detector, type DetectorHead, graphField, namesIn, refuse } from '../../detector/index.js'
import { quoted } from '../../io/index.js'
import { type Edit, encodePart, type Graph, infoOf, inOrder, isExternal, type Model, type Node, renameNode, type Value, withInner } from '../../onnx/index.js' // biome-ignore format: one line
import type { V } from '../optimizers/rules.js'
import type { Choice } from './choice.js'
import { emptied, looped } from './loop.js'
import { peakOf } from './memory.js'
import type { StepOptions } from './options.js'
import { stepRecord } from './record.js'

/** The pieces of a model, and what goes in and comes out. */
export interface Written extends Pick<InPieces, 'pieces'> {
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly nodes: number
}

/** The detector and its graph, in which the step was written. */
interface Parts {
  readonly detector: Detector
  readonly graph: Graph
  /** The nodes of the detector as they were read. */
  readonly own: readonly Node[]
  readonly loss: Addition
  /** What the loss says of itself. */
  readonly metadata: Readonly<Record<string, string>>
  readonly sizes: Readonly<Record<string, readonly number[]>>
  /** Outputs of the loss that nobody asked for. */
  readonly hidden: ReadonlySet<string>
}

/** What the step adds to detector and loss. */
export interface Made {
  readonly choice: Choice
  readonly statistics: readonly string[]
  readonly grads: readonly (readonly [string, V])[]
  readonly next: Readonly<Record<string, Value>>
  /** Inputs beside parameters, statistics and those of the detector and the loss. */
  readonly inputs: readonly string[]
}

const prefixed = (prefix: string, entries: readonly (readonly [string, Value])[]) =>
  Object.fromEntries(entries.map(([name, v]) => [`${prefix}${name}`, v]))

/** Puts the step into the bytes of the detector. */
export function assembled(parts: Parts, made: Made, heads: readonly DetectorHead[], options: StepOptions): Written {
  const { detector, graph, metadata } = parts
  const outputs = { ...prefixed('grad/', made.grads), ...prefixed('next_', Object.entries(made.next)) }
  const model = graph.build(outputs)
  const kept = [...made.choice.trained.keys(), ...made.statistics]
  const { onlyLoss = false, oneFile = false, stepsPerRun } = options
  const {
    added,
    edits,
    bare = onlyLoss,
  } = stepsPerRun === undefined
    ? { added: additionOf(parts, made, model, kept), edits: [...changedNodes(parts, model), ...fixedSizes(parts)] }
    : inOneRun(parts, additionOf(parts, made, model, kept), model, stepsPerRun, onlyLoss)
  const step = stepRecord(detector, made.choice, options, peakOf(model.body))
  const how = { heads: heads.map(headRecord), onlyLoss: bare, asFunction: false, rewriteResize: false, step }
  const extras: Extras = {
    edits: [...edits, ...(oneFile ? [] : takenOut(detector, kept))],
    keep: keepIn(detector),
    metadata,
  }
  const { pieces } = merge(detector, added, extras, how)
  return {
    pieces,
    inputs: added.inputs.map(({ name }) => name),
    outputs: added.outputs.map(({ name }) => name),
    nodes: stepsPerRun === undefined ? added.nodes.length : withInner(added.nodes).length - parts.own.length,
  }
}

/** The same in a loop, which takes the place of the detector. */
function inOneRun(parts: Parts, added: Addition, model: Model, count: number, onlyLoss: boolean) {
  const { detector, own, graph, sizes } = parts
  const final = finalNodes(model)
  const nodes = own.map((node, i) => final.get(node.outputs[0] ?? '') ?? (graph.root.nodes[i] as Node))
  const outputs = onlyLoss ? [] : detector.graph.output.map(({ name }) => infoOf(graph.valueOf(name)))
  const fed = detector.info.inputs.map(({ name, dtype }) => ({
    name,
    dtype: dtype as 'float32',
    shape: sizes[name] ?? [],
  }))
  const taken = new Set([...namesIn(detector).values, ...added.nodes.flatMap((n) => n.outputs)])
  return {
    added: looped({ ...added, nodes: [...nodes, ...added.nodes] }, fed, outputs, count, taken),
    edits: emptied(detector, fed, count),
    bare: true,
  }
}

const finalNodes = ({ body }: Model) => new Map(body.nodes.map((node) => [node.outputs[0] ?? '', node]))

const outputNames = ({ body }: Model): string[] => body.outputs.map(({ name }) => name)

/** Nodes called by number, and their results but for those that are public: names would be three quarters of the file. */
function shortened(nodes: readonly Node[], kept: readonly string[]): Node[] {
  const keeps = new Set(kept)
  let count = 0
  const next = (): string => {
    const name = `s/${(count++).toString(36)}`
    return keeps.has(name) ? next() : name
  }
  const made = nodes.flatMap((n) => n.outputs).filter((name) => name !== '' && !keeps.has(name))
  const names = new Map(made.map((name) => [name, next()]))
  const value = (name: string) => names.get(name) ?? name
  return nodes.map((n) => renameNode(n, { value, node: () => value(n.outputs[0] as string) }))
}

/** What follows the detector: the loss, whole, and what the step needs besides. */
function additionOf(
  { detector, graph, own, loss, hidden }: Parts,
  made: Made,
  model: Model,
  kept: readonly string[],
): Addition {
  const before = new Set([...own.flatMap((n) => n.outputs), ...loss.nodes.flatMap((n) => n.outputs)])
  const isNew = ({ outputs }: Node) => !outputs.some((name) => before.has(name))
  const nodes = shortened(model.body.nodes.filter(isNew), [...outputNames(model), ...namesIn(detector).values])
  const stored = new Set([...detector.initializers.keys(), ...loss.initializers.map((c) => c.name)])
  const declared = new Set(detector.graph.input.map(({ name }) => name))
  const infos = (names: readonly string[]) => names.map((name) => infoOf(graph.valueOf(name)))
  return {
    nodes: [...loss.nodes, ...nodes],
    initializers: [...loss.initializers, ...model.body.initializers.filter((c) => !stored.has(c.name))],
    inputs: [...loss.inputs, ...infos([...kept.filter((name) => !declared.has(name)), ...made.inputs])],
    outputs: [...loss.outputs.filter(({ name }) => !hidden.has(name)), ...model.body.outputs],
    // Types of what follows are left to whoever reads the file: they would be half of it.
    values: [],
    renamed: loss.renamed,
  }
}

/** Nodes of the detector that the step changed, in their places. */
function changedNodes({ detector, graph, own }: Parts, model: Model): Edit[] {
  const places = inOrder(detector.graph.node).map((node) => detector.graph.node.indexOf(node))
  const final = finalNodes(model)
  return own.flatMap((node, i): Edit[] => {
    if (graph.root.nodes[i] === node) return []
    const to = final.get(node.outputs[0] ?? '') as Node
    return [{ number: graphField.node, at: places[i] as number, count: 1, put: [encodePart.node(to)] }]
  })
}

/** The inputs of the detector with the sizes that the step was made for. */
function fixedSizes({ detector, sizes }: Parts): Edit[] {
  return detector.info.inputs.flatMap(({ name, shape, dtype }): Edit[] => {
    const fixed = sizes[name] as readonly number[]
    if (String(shape) === String(fixed)) return []
    const at = detector.graph.input.findIndex((input) => input.name === name)
    const put = [encodePart.value({ name, dtype: dtype as 'float32', shape: fixed })]
    return [{ number: graphField.input, at, count: 1, put }]
  })
}

/** Takes initializers out, whose values are fed. @throws InputError for those in other files */
function takenOut({ graph, file }: Detector, kept: readonly string[]): Edit[] {
  const names = new Set(kept)
  return graph.initializer.flatMap((tensor, at): Edit[] => {
    if (!names.has(tensor.name)) return []
    const where = `${file}, weight ${quoted(tensor.name)}`
    if (isExternal(tensor))
      refuse('E_EXTERNAL', where, 'is kept in another file', 'save the model with its data inside')
    return [{ number: graphField.initializer, at, count: 1, put: [] }]
  })
}

const keepIn =
  ({ file }: Detector) =>
  (payload: Uint8Array, field: number): Kept => {
    if (field !== graphField.initializer) return base64(payload)
    const kept = hollow(payload)
    if (typeof kept !== 'string') return kept
    return refuse('E_WEIGHTS', file, 'a weight keeps its numbers in pieces', 'save it anew with onnx.save')
  }
