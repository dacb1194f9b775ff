import { sizeOf } from '../../io/index.js'
import { type Axis, type Layout, labelAxes } from '../../yolo/index.js'

/** Sizes along the axes of a head. */
export type Sizes = Readonly<Record<Axis, number>>

/** Sizes of the axes of a head from the shape of its tensor; undefined for a shape that no such head has. */
export function sizesOf(
  { shape }: { readonly shape: readonly number[] },
  { axes, fused }: Layout,
  anchors: number,
): Sizes | undefined {
  const pair = axes.indexOf('a')
  const whole = fused
    ? [...shape.slice(0, pair), anchors, (shape[pair] ?? 0) / anchors, ...shape.slice(pair + 1)]
    : shape
  if (whole.length !== axes.length || !whole.every(Number.isInteger)) return undefined
  return Object.fromEntries(axes.map((axis, i) => [axis, whole[i] as number])) as Record<Axis, number>
}

/** Shape of the tensor that holds a head. */
export function headShape({ axes, fused }: Layout, sizes: Sizes): number[] {
  const shape = axes.map((axis) => sizes[axis])
  const pair = axes.indexOf('a')
  return fused ? [...shape.slice(0, pair), sizes.a * sizes.d, ...shape.slice(pair + 2)] : shape
}

/** For each place in the order of `axes`, the place of the same element in the order of labels. */
function placesIn(axes: readonly Axis[], sizes: Sizes): Int32Array {
  const step = new Map<Axis, number>()
  let stride = 1
  for (const axis of labelAxes.toReversed()) {
    step.set(axis, stride)
    stride *= sizes[axis]
  }
  let places: Int32Array = new Int32Array(1)
  for (const axis of axes) {
    const [size, along] = [sizes[axis], step.get(axis) ?? 0]
    const next = new Int32Array(places.length * size)
    for (let i = 0; i < places.length; i++)
      for (let k = 0; k < size; k++) next[i * size + k] = (places[i] as number) + k * along
    places = next
  }
  return places
}

const isLabelOrder = (axes: readonly Axis[]): boolean => axes.every((axis, i) => axis === labelAxes[i])

/** Values of a head in the order of labels, `[B,h,w,A,5+C]`. */
export function toLabelOrder<A extends Float32Array | Float64Array>(values: A, { axes }: Layout, sizes: Sizes): A {
  if (isLabelOrder(axes)) return values
  const ordered = new (values.constructor as new (n: number) => A)(values.length)
  for (const [i, place] of placesIn(axes, sizes).entries()) ordered[place] = values[i] as number
  return ordered
}

/** The same values in the order of a head. */
export function fromLabelOrder<A extends Float32Array | Float64Array>(values: A, { axes }: Layout, sizes: Sizes): A {
  if (isLabelOrder(axes)) return values
  const ordered = new (values.constructor as new (n: number) => A)(sizeOf(axes.map((axis) => sizes[axis])))
  for (const [i, place] of placesIn(axes, sizes).entries()) ordered[i] = values[place] as number
  return ordered
}
