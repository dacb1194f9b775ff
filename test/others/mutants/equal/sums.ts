import { edit, rankOf } from '../edits.js'
import type { Site } from '../sites.js'
import { type Holds, isOp, numbersOf } from './holds.js'

/**
 * The axes that are left where nothing is added up any more of what holds a value: sums of it, 0 less it, and it beside
 * other numbers, in one shape or another. Whatever comes before that may be added up in any order.
 */
function axesLeft(site: Site, name: string): number {
  const [reader, ...rest] = site.readers(name).filter(({ op }) => op !== 'Shape')
  const rank = rankOf(site, name)
  if (reader === undefined || rest.length > 0) return rank
  const isNegation = reader.op === 'Sub' && reader.inputs[1] === name && numbersOf(site, reader.inputs[0])[0] === 0
  if (reader.op !== 'ReduceSum' && reader.op !== 'Concat' && reader.op !== 'Reshape' && !isNegation) return rank
  // Laid out anew it is worth something only if it is added up then.
  const left = axesLeft(site, reader.outputs[0] ?? '')
  const isAddedUp = reader.op === 'ReduceSum' || isNegation || left < rankOf(site, reader.outputs[0])
  return isAddedUp ? Math.min(rank, left) : rank
}

export const otherAxes: Holds = (mutant) => {
  const { site } = mutant
  const found = edit(mutant)
  if (!isOp(mutant, 'ReduceSum') || found?.index !== 1) return false
  const rank = rankOf(site, site.node.inputs[0])
  const after = found.after.map((axis) => (axis + rank) % rank)
  const isThere = found.after.every((axis) => axis < rank) && new Set(after).size === found.before.length
  const left = axesLeft(site, site.node.outputs[0] ?? '')
  return isThere && after.every((axis) => axis >= left)
}

/** Numbers one after another of which nothing but the sum is asked. */
export const addends: Holds = ({ site, what }) => {
  const output = site.node.outputs[0] ?? ''
  const left = axesLeft(site, output)
  return site.node.op === 'Concat' && /swapped/.test(what) && left < rankOf(site, output) && joinedAt(site) >= left
}

const joinedAt = ({ node, typeOf }: Site): number => {
  const { axis } = node.attributes
  const place = axis && 'int' in axis ? axis.int : 0
  return place < 0 ? place + (typeOf(node.outputs[0] ?? '')?.shape.length ?? 0) : place
}

/** A reduction over axes of one element each. */
export const ofOne: Holds = (mutant) => {
  const { site, what } = mutant
  const axes = numbersOf(site, site.node.inputs[1])
  const { shape = [] } = site.typeOf(site.node.inputs[0] ?? '') ?? {}
  return /^Reduce\w+ for Reduce/.test(what) && axes.length > 0 && axes.every((axis) => shape.at(axis) === 1)
}
