import { isDifferentiable, liveValues } from '../onnx/index.js'
import { type Finding, finding } from './finding.js'
import { behind, type LintGraph, type LintNode } from './graph.js'
import { type GradientTable, listed } from './table.js'

/** Whether a gradient can go through a value: it is of real numbers, or nobody says of what. */
const carries = ({ types }: LintGraph, name: string): boolean => isDifferentiable(types.get(name)?.dtype ?? 'float32')

/** The inputs of a node that its operator differentiates by. */
function differentiated({ op, inputs }: LintNode, graph: LintGraph, table: GradientTable): string[] {
  const places = Object.keys(table.inputs).find((key) => listed(table.inputs[key] ?? '').includes(op))
  const some = places === undefined ? inputs : listed(places).map((place) => inputs[Number(place)] ?? '')
  return some.filter((name) => name !== '' && carries(graph, name))
}

/** What attaching puts before a name of the loss that the detector has already. */
const prefix = 'yolov3_loss/'

/** Inputs of the loss that are no logits, dense labels or boxes: of equal names the one with the longest prefix is ours. */
function labelsOf({ inputs }: LintGraph): Set<string> {
  const names = inputs.map((v) => v.name)
  const ours = names.filter((name) => !names.includes(prefix + name))
  const called = (what: string) => ours.filter((name) => new RegExp(`^(${prefix})*(${what})$`).test(name))
  const dense = called('y_true_\\d+')
  return new Set([...(dense.length > 0 ? dense : called('boxes')), ...called('normalizer')])
}

/** Logits of the loss; with a detector under it, what that takes. */
function sources(graph: LintGraph): string[] {
  const labels = labelsOf(graph)
  const reals = graph.inputs.filter(({ name, dtype }) => isDifferentiable(dtype) && !labels.has(name))
  const logits = reals.filter(({ name }) => name.startsWith('y_pred'))
  return (logits.length > 0 ? logits : reals).map((v) => v.name)
}

/** The path that gradients take from the loss to its logits. */
interface Path {
  readonly nodes: readonly LintNode[]
  readonly values: ReadonlySet<string>
}

function pathOf(graph: LintGraph, table: GradientTable): Path {
  const stop = new Set(listed(table.stop))
  const downstream = new Set(sources(graph)) // depends on the logits by way of differentiated inputs
  const passes = (n: LintNode) =>
    !stop.has(n.op) && differentiated(n, graph, table).some((name) => downstream.has(name))
  for (const n of graph.nodes)
    if (passes(n)) for (const name of n.outputs) if (carries(graph, name)) downstream.add(name)
  const values = new Set([graph.outputs[0]?.name ?? ''])
  for (const n of graph.nodes.toReversed()) {
    if (!passes(n) || !n.outputs.some((name) => values.has(name))) continue
    for (const name of differentiated(n, graph, table)) if (downstream.has(name)) values.add(name)
  }
  return { nodes: graph.nodes.filter((n) => passes(n) && n.outputs.some((name) => values.has(name))), values }
}

/** Everything between logits and loss that the trainer of a table cannot differentiate. */
export function undifferentiable(graph: LintGraph, table: GradientTable): Finding[] {
  const known = new Set(listed(table.gradient))
  const path = pathOf(graph, table)
  return [
    ...lossFindings(graph, path),
    ...clashes(graph),
    ...path.nodes.flatMap((n) =>
      known.has(n.op) && n.domain === '' ? (construct(n, graph, path) ?? []) : unknown(n, table),
    ),
  ]
}

/**
 * Its own Concat has a second output, and gives out the name of that once more in a subgraph: valid only if the one outside
 * comes later, as one does that depends on the subgraph's node.
 */
function clashes(graph: LintGraph): Finding[] {
  const live = liveValues(graph) // the rest is folded away before
  const nodes = behind(graph, [graph.outputs[0]?.name ?? ''])
  const outside = nodes.filter((n) => n.op === 'Concat' && n.outputs.some((name) => live.has(name)))
  const mayPrecede = (n: LintNode) => outside.some((concat) => !behind(graph, concat.outputs).includes(n))
  const why = 'with one Concat inside and another before it outside it makes an invalid graph'
  const inside = nodes.filter((n) => n.inner.some(({ op }) => op === 'Concat') && mayPrecede(n))
  return inside.map((n) => finding(n, why, 'export --form compact'))
}

const remedies: Readonly<Record<string, string>> = {
  Softplus: 'write it as max(x, 0) + ln(1 + e^−|x|)',
  Loop: 'export --form compact',
  Scan: 'export --form compact',
  Resize: 'attach --rewrite-resize',
}

function unknown(node: LintNode, { reasons }: GradientTable): Finding {
  const { op, domain } = node
  const why =
    domain === '' ? (reasons?.[op] ?? 'it has no gradient of it') : `it has no gradient of the domain ${domain}`
  return finding(node, why, remedies[op] ?? 'write it with other operators')
}

function lossFindings({ outputs: [loss] }: LintGraph, { nodes }: Path): Finding[] {
  const refused = (why: string, remedy: string) => [finding({ name: loss?.name ?? '', op: 'output' }, why, remedy)]
  if (!loss || nodes.length === 0)
    return refused('the first output must be the loss, and depend on the logits', 'export --graph loss, or attach it')
  if (loss.dtype !== 'float32')
    return refused(`the loss is ${loss.dtype}, and must be float32`, 'export --dtype float32')
  if (loss.shape && loss.shape.length > 0 && loss.shape.join() !== '1')
    return refused(`the loss is [${loss.shape}], and must be one number`, 'export --reduction batch-mean')
  return []
}

/** Operators it differentiates, but not used like this. */
function construct(node: LintNode, graph: LintGraph, { values }: Path): Finding | undefined {
  const { op, inputs, outputs } = node
  const [output = ''] = outputs
  const spread = (input: string) => values.has(input) && spreads(input, output, graph)
  if (op === 'Split' && outputs.some((name) => !values.has(name))) {
    const why = 'its gradient is made of the outputs in use alone, and gets the wrong shape'
    return finding(node, why, 'take the part with Slice')
  }
  if ((op === 'ReduceMean' || op === 'ReduceLogSumExp') && inputs[1])
    return finding(node, 'its gradient overlooks axes that are an input', 'export --opset 17')
  if (decays(node, output, graph)) {
    const why = 'e^−|t| gets a slope at t = 0 that is not 1, and a cross-entropy of it a wrong one'
    return finding(node, why, 'export --for ort-training')
  }
  if (op === 'Pow' && values.has(inputs[1] ?? ''))
    return finding(node, 'it has no gradient by the exponent', 'use Exp and Log')
  if (op === 'Where' && inputs.slice(1).some(spread)) {
    const why = 'its gradient keeps the shape of the result, but an input is spread to it'
    return finding(node, why, 'Expand the input first')
  }
  return undefined
}

/** Whether the result is −|t| of which e^−|t| is made: Neg of Abs, or Min of t and −t. */
function decays({ op, inputs }: LintNode, value: string, { nodes }: LintGraph): boolean {
  const by = (other: string, of: string) => nodes.filter((n) => n.op === other && n.inputs[0] === of)
  if (op === 'Abs') return by('Neg', value).some((n) => by('Exp', n.outputs[0] ?? '').length > 0)
  const [t = '', negated = ''] = inputs
  return op === 'Min' && by('Exp', value).length > 0 && by('Neg', t).some((n) => n.outputs[0] === negated)
}

/** Whether a value is broadcast to the shape of another, as far as both are known. */
function spreads(from: string, to: string, { types }: LintGraph): boolean {
  const [a, b] = [types.get(from)?.shape, types.get(to)?.shape]
  return a !== undefined && b !== undefined && a.join() !== b.join()
}
