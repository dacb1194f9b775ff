import type { Finding } from './finding.js'
import { behind, type LintGraph, type LintNode } from './graph.js'
import { type GradientTable, listed } from './table.js'

const real = new Set(['float16', 'float32', 'float64', 'bfloat16'])

/** Whether a gradient can go through a value: it is of real numbers, or nobody says of what. */
const carries = ({ types }: LintGraph, name: string): boolean => real.has(types.get(name)?.dtype ?? 'float32')

/** The inputs of a node that its operator differentiates by. */
function differentiated(node: LintNode, graph: LintGraph, { plainFrom }: GradientTable): string[] {
  const from = node.op === 'Where' ? 1 : 0
  const to = node.op === 'ScatterND' || node.op === 'ScatterElements' ? undefined : plainFrom[node.op]
  const inputs = node.inputs.slice(from, to).filter((_, i) => !/^Scatter/.test(node.op) || i !== 1)
  return inputs.filter((name) => name !== '' && carries(graph, name))
}

/** Logits of the loss; with a detector under it, what that takes. */
function sources({ inputs }: LintGraph): string[] {
  const real32 = inputs.filter(({ name, dtype }) => real.has(dtype) && !/^(y_true_\d+|normalizer)$/.test(name))
  const logits = real32.filter(({ name }) => name.startsWith('y_pred'))
  return (logits.length > 0 ? logits : real32).map((v) => v.name)
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

/** What depends on the data of the inputs, not only on their shapes: the rest is folded away before. */
function live({ nodes, inputs }: LintGraph): ReadonlySet<string> {
  const names = new Set(inputs.map((v) => v.name))
  for (const n of nodes)
    if (n.op !== 'Shape' && n.op !== 'Size' && n.reads.some((name) => names.has(name)))
      for (const name of n.outputs) names.add(name)
  return names
}

/** Its own Concat has a second output, and the name of that is given out again where one stands in a subgraph. */
function clashes(graph: LintGraph): Finding[] {
  const names = live(graph)
  const nodes = behind(graph, [graph.outputs[0]?.name ?? ''])
  if (!nodes.some((n) => n.op === 'Concat' && n.outputs.some((name) => names.has(name)))) return []
  const why = 'with one Concat inside and another outside it makes an invalid graph'
  const inside = nodes.filter((n) => n.inner.some(({ op }) => op === 'Concat'))
  return inside.map(({ name, op }) => ({ node: name, op, why, remedy: 'export --form compact' }))
}

const remedies: Readonly<Record<string, string>> = {
  Softplus: 'write it as max(x, 0) + ln(1 + e^−|x|)',
  Loop: 'export --form compact',
  Scan: 'export --form compact',
  Resize: 'attach --rewrite-resize',
}

function unknown({ name, op, domain }: LintNode, { reasons }: GradientTable): Finding {
  const why =
    domain === '' ? (reasons?.[op] ?? 'it has no gradient of it') : `it has no gradient of the domain ${domain}`
  return { node: name, op, why, remedy: remedies[op] ?? 'write it with other operators' }
}

function lossFindings({ outputs }: LintGraph, { nodes }: Path): Finding[] {
  const [loss] = outputs
  const finding = (why: string, remedy: string): Finding[] => [{ node: loss?.name ?? '', op: 'output', why, remedy }]
  if (!loss || nodes.length === 0)
    return finding('the first output must be the loss, and depend on the logits', 'export --graph loss, or attach it')
  if (loss.dtype !== 'float32')
    return finding(`the loss is ${loss.dtype}, and must be float32`, 'export --dtype float32')
  if (loss.shape && loss.shape.length > 0 && loss.shape.join() !== '1')
    return finding(`the loss is [${loss.shape}], and must be one number`, 'export --reduction batch-mean')
  return []
}

/** Operators it differentiates, but not used like this. */
function construct(node: LintNode, graph: LintGraph, path: Path): Finding | undefined {
  const { name, op, inputs, outputs } = node
  const finding = (why: string, remedy: string): Finding => ({ node: name, op, why, remedy })
  if (op === 'Split' && outputs.some((output) => !path.values.has(output)))
    return finding(
      'its gradient is made of the outputs in use alone, and gets the wrong shape',
      'take the part with Slice',
    )
  if ((op === 'ReduceMean' || op === 'ReduceLogSumExp') && inputs[1])
    return finding('its gradient overlooks axes that are an input', 'export --opset 17')
  if (op === 'Abs' && decays(outputs[0] ?? '', graph))
    return finding(
      'e^−|t| gets the slope 0 at t = 0, and a cross-entropy of it a wrong one',
      'export --for ort-training',
    )
  if (op === 'Pow' && path.values.has(inputs[1] ?? ''))
    return finding('it has no gradient by the exponent', 'use Exp and Log')
  if (
    op === 'Where' &&
    inputs.slice(1).some((input) => path.values.has(input) && spreads(input, outputs[0] ?? '', graph))
  )
    return finding('its gradient keeps the shape of the result, but an input is spread to it', 'Expand the input first')
  return undefined
}

/** Whether a value is used as e^−value. */
function decays(value: string, { nodes }: LintGraph): boolean {
  const negated = nodes.filter(({ op, inputs }) => op === 'Neg' && inputs[0] === value).flatMap((n) => n.outputs)
  return nodes.some(({ op, inputs }) => op === 'Exp' && negated.includes(inputs[0] ?? ''))
}

/** Whether a value is broadcast to the shape of another, as far as both are known. */
function spreads(from: string, to: string, { types }: LintGraph): boolean {
  const [a, b] = [types.get(from)?.shape, types.get(to)?.shape]
  return a !== undefined && b !== undefined && a.join() !== b.join()
}
