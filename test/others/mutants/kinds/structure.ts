import { operation } from '../../../../src/onnx/graph/model.js'
import { sameShape } from '../../../../src/onnx/graph/shape.js'
import type { Fault } from '../mutants.js'
import { after, type Site, scalarOf } from '../sites.js'

/** Operators of which the order of operands matters. */
const ordered = ['Sub', 'Div', 'Less', 'Greater', 'LessOrEqual', 'GreaterOrEqual']

const swapped = (names: readonly string[], i: number, j: number): string[] => {
  const copy = [...names]
  ;[copy[i], copy[j]] = [names[j] as string, names[i] as string]
  return copy
}

/** Places of a list whose neighbours may change theirs. */
function pairsIn({ node }: Site): (readonly [number, number])[] {
  const pairs = node.inputs.slice(1).map((_, i) => [i, i + 1] as const)
  if (node.op === 'Concat') return pairs
  if (node.op === 'Where') return [[1, 2]]
  return ordered.includes(node.op) ? [[0, 1]] : []
}

/** Two operands in each other's place. */
const operands = (site: Site): Fault[] =>
  pairsIn(site)
    .filter(([i, j]) => site.node.inputs[i] !== site.node.inputs[j])
    .map(([i, j]) => ({
      what: `operands ${i} and ${j} swapped`,
      change: { nodes: [{ ...site.node, inputs: swapped(site.node.inputs, i, j) }] },
    }))

function isAlike({ typeOf }: Site, a: string, b: string): boolean {
  const [one, other] = [typeOf(a), typeOf(b)]
  return one !== undefined && other !== undefined && one.dtype === other.dtype && sameShape(one.shape, other.shape)
}

/** Two results in each other's place. */
const results = (site: Site): Fault[] =>
  site.node.outputs
    .slice(1)
    .flatMap((name, i) => (isAlike(site, site.node.outputs[i] as string, name) ? [i] : []))
    .map((i) => ({
      what: `results ${i} and ${i + 1} swapped`,
      change: { nodes: [{ ...site.node, outputs: swapped(site.node.outputs, i, i + 1) }] },
    }))

/** No node at all: what it gives is what it was given. */
function missing(site: Site): Fault[] {
  const { node } = site
  const [output, ...rest] = node.outputs
  if (output === undefined || rest.length > 0 || node.op === 'Identity') return []
  return [...new Set(node.inputs)]
    .filter((name) => isAlike(site, name, output))
    .map((name) => ({
      what: `left out, ${node.inputs.indexOf(name)} passed on`,
      change: { nodes: [operation('Identity', [name], output)] },
    }))
}

/** Whole numbers that are one too large: places, sizes, counts. */
function shifted(site: Site): Fault[] {
  if (site.typeOf(site.node.outputs[0] ?? '')?.dtype !== 'int64') return []
  const one = scalarOf(site, 'one', 'int64', 1)
  const nodes = after(site, (a, b) => [operation('Add', [a, one.name], b)])
  return [{ what: 'one more', change: { nodes, constants: [one] } }]
}

const named = ['Shape', 'NonZero', 'Cast', 'Range', 'Gather', 'GatherElements', 'ReduceSum', 'ReduceMax']

/** Operands in another order, a node that is missing, a count that is one off. */
export const inStructure = (site: Site): Fault[] => [
  ...operands(site),
  ...results(site),
  ...missing(site),
  ...(named.includes(site.node.op) ? shifted(site) : []),
]
