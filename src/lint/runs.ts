import type { Finding } from './finding.js'
import { behind, type LintGraph, type LintNode } from './graph.js'
import { listed, type Table } from './table.js'

/** Operators by an opset bound. */
const bounds = (by: Table['upTo'] = {}): Map<string, number> =>
  new Map(Object.entries(by).flatMap(([opset, names]) => listed(names).map((op) => [op, Number(opset)] as const)))

/** What the static form does without. */
const dynamic = new Set(listed('Compress CumSum If Loop NonZero OneHot Range Scan Shape Size ConstantOfShape'))

const remedyFor = (op: string): string => (dynamic.has(op) ? 'export --form static' : 'write it with other operators')

/** Every node behind the outputs that the target of a table cannot run. */
export function unrunnable(graph: LintGraph, table: Table): Finding[] {
  const [upTo, from] = [bounds(table.upTo), bounds(table.from)]
  const check = (node: LintNode): Finding[] => [
    ...[operator(node, graph, table, upTo, from) ?? type(node, graph, table) ?? constant(node, graph, table)].flatMap(
      (finding) => finding ?? [],
    ),
    ...node.inner.flatMap(check),
  ]
  return behind(
    graph,
    graph.outputs.map((v) => v.name),
  ).flatMap(check)
}

function operator(
  { name, op, domain }: LintNode,
  { opset }: LintGraph,
  { reasons }: Table,
  upTo: ReadonlyMap<string, number>,
  from: ReadonlyMap<string, number>,
): Finding | undefined {
  const finding = (why: string, remedy: string): Finding => ({ node: name, op, why, remedy })
  if (domain !== '') return finding(`it does not know the domain ${domain}`, 'use ONNX’s own operators')
  const last = upTo.get(op)
  if (last === undefined) return finding(reasons?.[op] ?? 'it does not take this operator', remedyFor(op))
  if (opset > last)
    return finding(`it takes it up to opset ${last}, and this is opset ${opset}`, `export --opset ${last}`)
  const first = from.get(op) ?? 0
  return opset < first ? finding(`it takes it from opset ${first} on`, `export --opset ${first}`) : undefined
}

function type({ name, op, inputs }: LintNode, graph: LintGraph, table: Table): Finding | undefined {
  const dtype = graph.types.get(inputs[0] ?? '')?.dtype
  if (dtype === undefined) return undefined
  const [nowhere, here] = [listed(table.noTypes ?? '').includes(dtype), listed(table.types?.[op] ?? '').includes(dtype)]
  // The compact form sums in float64 whatever comes in.
  const asked = dtype === 'float64' && graph.inputs.some((v) => v.dtype === 'float64')
  const remedy = asked ? 'export --dtype float32' : 'export --form static'
  return nowhere || here ? { node: name, op, why: `it does not take it for ${dtype}`, remedy } : undefined
}

function constant({ name, op, inputs }: LintNode, { constants }: LintGraph, table: Table): Finding | undefined {
  const open = (table.constants?.[op] ?? []).find((place) => inputs[place] && !constants.has(inputs[place]))
  if (open === undefined) return undefined
  return { node: name, op, why: `its input ${open} must be a constant`, remedy: 'export --form static' }
}
