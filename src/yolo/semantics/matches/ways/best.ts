import { tensorOf, type Value } from '../../../../onnx/index.js'
import { and, less, not, where } from '../../../../onnx/logic.js'
import { argMax } from '../../../../onnx/math.js'
import { gather } from '../../../../onnx/select.js'
import { unsqueeze } from '../../../../onnx/shape.js'
import type { Assign, Assigning, Places } from '../assign.js'
import { alike, bestAnchor } from './alike.js'

/** Places of the scales, where the choice of each box `[B, T]` is their slot of this table; none where that is −1. */
function chosen({ scales, truth }: Assigning, choice: Value<'int64'>, slots: readonly (readonly number[])[]): Places[] {
  const { graph } = truth.box
  return scales.map((scale, l) => {
    const own = slots[l] as readonly number[]
    const slot = gather(graph.constant(tensorOf('float64', [own.length], own), 'slots'), choice)
    const taken = and(truth.exists, not(less(slot, 0)))
    return { taken, cell: truth.cell(scale), slot: unsqueeze(where(taken, slot, 0), [2]), ofBoxes: (v) => v }
  })
}

/** One anchor for a box, at every scale that has it. */
export const best: Assign = (given) => {
  const slots = given.masks.map((mask) => given.anchors.map((_, n) => mask.indexOf(n)))
  return chosen(given, bestAnchor(given), slots)
}

/** One anchor and scale for a box: whatever the masks have competes, coarsest scale first. */
export const bestOfMasks: Assign = (given) => {
  const all = given.scales.flatMap(({ anchors }, l) => anchors.map((anchor, slot) => ({ l, anchor, slot })))
  const choice = argMax(
    alike(
      given,
      all.map(({ anchor }) => anchor),
    ),
  )
  const slots = given.scales.map((_, l) => all.map((one) => (one.l === l ? one.slot : -1)))
  return chosen(given, choice, slots)
}
