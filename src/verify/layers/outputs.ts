import type { AnyTensor } from '../../io/index.js'
import { dissect } from '../../onnx/index.js'
import type { Comparison } from '../compare/compare.js'
import { compareLayer, type LayerTolerance } from './diverge.js'
import type { Side } from './trace.js'

type Values = ReadonlyMap<string, AnyTensor>

/** Of how many inner values one must have a name of ours for the others to be looked at by name. */
const oneOf = 4

/** Whether a graph calls enough of its inner values as ours does; another tool may have renamed or rewritten them. */
export function namesAgree(ours: Side, theirs: Side): boolean {
  const [a, b] = [dissect(ours.bytes, ours.file), dissect(theirs.bytes, theirs.file)]
  const known = new Set(a.nodes.flatMap((n) => n.outputs))
  const inner = b.nodes.flatMap((n) => n.outputs).filter((name) => !b.outputs.includes(name))
  return inner.filter((name) => known.has(name)).length * oneOf >= inner.length
}

/** The sum of all comes last: what it adds says more. */
const isTotal = (name: string): boolean => name === 'loss'

/** What both sides have in common, and what of that differs. */
export interface OutputDifferences {
  readonly compared: readonly string[]
  readonly differ: readonly Comparison[]
}

/** Holds outputs of one name against one another. */
export function differingOutputs(left: Values, right: Values, tolerance: LayerTolerance): OutputDifferences {
  const names = [...right.keys()].sort((a, b) => Number(isTotal(a)) - Number(isTotal(b)))
  const found = names.flatMap((name) => {
    const [a, b] = [left.get(name), right.get(name)]
    return a && b ? [compareLayer(name, a, b, tolerance)] : []
  })
  return { compared: found.map(({ name }) => name), differ: found.filter(({ pass }) => !pass) }
}
