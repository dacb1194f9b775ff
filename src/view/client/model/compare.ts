import type { Side, View, ViewedScale } from '../../viewed.js'

/** Whether rows of two scales answer one another. */
export const isAlike = (a: ViewedScale | undefined, b: ViewedScale | undefined): boolean =>
  a !== undefined &&
  b !== undefined &&
  a.rows === b.rows &&
  a.columns === b.columns &&
  a.anchors.length === b.anchors.length

export type Comparison = 'one side' | 'no common cells' | 'same numbers' | 'differing'

const isSame = (a: Float32Array, b: Float32Array): boolean => a.every((x, i) => Object.is(x, b[i]))

/** Terms but confidence depend on logits and labels, which the length of the gradient tells as well. */
const haveSame = (a: ViewedScale, b: ViewedScale): boolean =>
  a.cells !== undefined && b.cells !== undefined && isSame(a.cells.conf, b.cells.conf) && isSame(a.cells.slope, b.cells.slope) // biome-ignore format: one row

function compare([a, b]: readonly Side[]): Comparison {
  if (!a || !b) return 'one side'
  const pairs = a.images.flatMap((image, i) =>
    image.scales.flatMap((scale, s): (readonly [ViewedScale, ViewedScale])[] => {
      const other = b.images[i]?.scales[s]
      return other && scale.cells && other.cells && isAlike(scale, other) ? [[scale, other]] : []
    }),
  )
  if (pairs.length === 0) return 'no common cells'
  return pairs.every((pair) => haveSame(...pair)) ? 'same numbers' : 'differing'
}

const comparisons = new WeakMap<View, Comparison>()

/** What can be told of two sides cell by cell. */
export function comparison(view: View): Comparison {
  const known = comparisons.get(view) ?? compare(view.sides)
  comparisons.set(view, known)
  return known
}

/** Whether there are two sides, and cells in which they differ. */
export const isComparable = (view: View): boolean => comparison(view) === 'differing'
