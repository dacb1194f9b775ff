import { type Finding, finding } from './finding.js'
import { behind, type LintGraph, type LintNode } from './graph.js'
import { type Construct, listed, type Table } from './table.js'

/** Operators by an opset bound. */
const bounds = (by: Table['upTo'] = {}): Map<string, number> =>
  new Map(Object.entries(by).flatMap(([opset, names]) => listed(names).map((op) => [op, Number(opset)] as const)))

/** What the static form does without. */
const dynamic = new Set(listed('Compress CumSum If Loop Mod NonZero OneHot Range Scan Shape Size ConstantOfShape'))

const remedyFor = (op: string): string => (dynamic.has(op) ? 'export --form static' : 'write it with other operators')

/** Every node behind the outputs that the target of a table cannot run. */
export function unrunnable(graph: LintGraph, table: Table): Finding[] {
  const [upTo, from] = [bounds(table.upTo), bounds(table.from)]
  const check = (node: LintNode): Finding[] => [
    ...(operator(node, graph, table, upTo, from) ??
      type(node, graph, table) ??
      constant(node, graph, table) ??
      construct(node, graph, table) ??
      []),
    ...node.inner.flatMap(check),
  ]
  const outputs = graph.outputs.map((v) => v.name)
  return behind(graph, outputs).flatMap(check)
}

function operator(
  node: LintNode,
  { opset }: LintGraph,
  { reasons, upTo: listing }: Table,
  upTo: ReadonlyMap<string, number>,
  from: ReadonlyMap<string, number>,
): Finding[] | undefined {
  const { op, domain } = node
  const refused = (why: string, remedy: string) => [finding(node, why, remedy)]
  if (domain !== '') return refused(`it does not know the domain ${domain}`, 'use ONNX’s own operators')
  if (!listing) return undefined
  const last = upTo.get(op)
  if (last === undefined) return refused(reasons?.[op] ?? 'it does not take this operator', remedyFor(op))
  if (opset > last)
    return refused(`it takes it up to opset ${last}, and this is opset ${opset}`, `export --opset ${last}`)
  const first = from.get(op) ?? 0
  return opset < first ? refused(`it takes it from opset ${first} on`, `export --opset ${first}`) : undefined
}

function type(node: LintNode, graph: LintGraph, { noTypes = '', notFor = {} }: Table): Finding[] | undefined {
  const typeOf = (name = ''): string => graph.types.get(name)?.dtype ?? ''
  const own = typeOf(node.inputs[node.op === 'Where' ? 1 : 0])
  const barred = [own, ...node.outputs.map(typeOf)].find((dtype) => listed(noTypes).includes(dtype))
  const dtype = barred ?? (listed(notFor[own] ?? '').includes(node.op) ? own : undefined)
  if (dtype === undefined) return undefined
  const asked = dtype === 'float64' && graph.inputs.some((v) => v.dtype === 'float64')
  return [finding(node, `it does not take it for ${dtype}`, asked ? 'export --dtype float32' : 'export --form static')]
}

function constant(node: LintNode, graph: LintGraph, { constants = {} }: Table): Finding[] | undefined {
  const isOpen = (name: string | undefined) => name && !graph.constants.has(name)
  const places = Object.keys(constants).map(Number)
  const open = places.find((place) => listed(constants[place] ?? '').includes(node.op) && isOpen(node.inputs[place]))
  return open === undefined
    ? undefined
    : [finding(node, `its input ${open} must be a constant`, 'export --form static')]
}

function construct(node: LintNode, graph: LintGraph, { constructs = [] }: Table): Finding[] | undefined {
  const isOpen = graph.inputs.some(({ shape }) => !shape?.every((size) => typeof size === 'number'))
  const applies = ({ attribute, is, table, open }: Construct) => {
    if (table !== undefined && !graph.tables.has(node.inputs[table] ?? '')) return false
    if (open && !isOpen) return false
    const value = attribute === undefined ? 1 : (node.integers.get(attribute) ?? 0)
    return is === undefined ? value !== 0 : value === is
  }
  const found = constructs.find((own) => own.op === node.op && applies(own))
  return found && [finding(node, found.why, found.remedy)]
}
