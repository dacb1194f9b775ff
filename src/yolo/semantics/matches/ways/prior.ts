import { tensorOf, type Value } from '../../../../onnx/index.js'
import { and, equal, greater, not, where } from '../../../../onnx/logic.js'
import { abs, add, argMax, div, matMul, max, min, mul, reduceMax, reduceSum, sub } from '../../../../onnx/math.js'
import { concatAll, split } from '../../../../onnx/parts.js'
import { cast, squeeze, unsqueeze } from '../../../../onnx/shape.js'
import type { Anchor } from '../../../config/vocabulary.js'
import type { Scale } from '../../scale.js'
import type { Assign, Assigning, Places } from '../assign.js'
import { before, numbersAlong } from '../rank.js'

type F = Value<'float64'>
type F32 = Value<'float32'>
type Bool = Value<'bool'>

/** A row of predictions in the cell of each box, and its anchor's overlap with each box of the image. */
interface Candidates {
  readonly slot: number
  /** Whether no earlier box has the same cell `[B, T]`. */
  readonly first: Bool
  readonly cell: F
  /** `[B, T, T]`, −1 for what is no candidate or no box. */
  readonly overlaps: F32
}

/**
 * GridAssigner of mmdetection: every anchor in a cell with a centre takes the box that it overlaps most, if enough; then
 * every box takes all anchors that overlap it most, whichever cell with a centre they stand in; the last box wins.
 */
export const prior: Assign = (given) => {
  const all = given.scales.map((scale) => candidatesAt(given, scale))
  const most = all
    .flat()
    .map(({ overlaps }) => reduceMax(overlaps, { axes: [1], keep: true }))
    .reduce((a, b) => max(a, b)) // [B, 1, T]
  return all.map((candidates) => placed(given, candidates, most))
}

function placed({ truth, semantics }: Assigning, candidates: readonly Candidates[], most: F32): Places {
  const { graph } = most
  const numbers = numbersAlong(truth.box)
  const found = candidates.map(({ overlaps, slot, first }) => {
    const enough = greater(cast(reduceMax(overlaps, { axes: [2] }), 'float64'), semantics.assignAbove)
    const nearest = where(enough, cast(argMax(overlaps), 'float64'), -1)
    const hits = and(equal(overlaps, most), greater(most, 0))
    const last = reduceMax(where(hits, numbers, -1), { axes: [2] })
    const box = where(first, where(less0(last), nearest, last), graph.scalar(-1, 'float64'))
    const taken = not(less0(box))
    return { box, taken, slot: unsqueeze(where(taken, graph.scalar(slot, 'float64'), 0), [2]) }
  })
  const box = unsqueeze(concatAll(found.map((one) => one.box), 1), [2]) // biome-ignore format: one line
  const own = cast(equal(box, numbers), 'float64') // [B, K, T]
  return {
    taken: concatAll(found.map((one) => one.taken), 1), // biome-ignore format: one line
    cell: concatAll(candidates.map(({ cell }) => cell), 1), // biome-ignore format: one line
    slot: concatAll(found.map(({ slot }) => slot), 1), // biome-ignore format: one line
    ofBoxes: (v) => matMul(own, v),
  }
}

const less0 = (v: F): Bool => greater(0, v)

function candidatesAt({ truth }: Assigning, scale: Scale): Candidates[] {
  const cell = truth.cell(scale)
  const apart = reduceSum(abs(sub(unsqueeze(cell, [2]), unsqueeze(cell, [1]))), { axes: [3] })
  const earlier = and(and(equal(apart, 0), before(cell)), unsqueeze(truth.exists, [1]))
  const first = and(truth.exists, not(greater(reduceMax(cast(earlier, 'float32'), { axes: [2] }), 0)))
  const counts = and(unsqueeze(first, [2]), unsqueeze(truth.exists, [1]))
  return scale.anchors.map((anchor, slot) => {
    const overlaps = where(counts, inPixels(truth.corners, cell, anchor, scale), -1)
    return { slot, first, cell, overlaps }
  })
}

/**
 * IoU by corners in pixels, in float32, `[B, T, T]`: of two equal overlaps the later box decides, and equal in float32 is
 * what the original looks at.
 */
function inPixels(corners: F, cell: F, anchor: Anchor, { S, sizes, graph }: Scale): F32 {
  const [near, far] = split(unsqueeze(corners, [1]), [2, 2], 3) // [B, 1, T, 2]
  const centre = unsqueeze(div(mul(add(cell, 0.5), cast(S, 'float64')), cast(sizes.g, 'float64')), [2])
  const half = graph.constant(tensorOf('float64', [2], anchor.map((side) => side / 2))) // biome-ignore format: one line
  const sides = max(sub(min(far, add(centre, half)), max(near, sub(centre, half))), 0)
  const both = area(sides)
  const own = Math.fround(Math.fround(anchor[0]) * Math.fround(anchor[1]))
  return div(both, sub(add(area(sub(far, near)), own), both))
}

/** Product of the last axis, in float32. */
function area(sides: F): F32 {
  const [w, h] = split(cast(sides, 'float32'), [1, 1], 3)
  return squeeze(mul(w, h), [3])
}
