import type { Tensor } from '../../src/io/tensor.js'
import { type GradientOptions, type ScaleGradient, yoloLossGradients } from '../../src/reference/gradients.js'
import type { OracleInput } from '../../src/reference/types.js'
import type { DataSet, TestCase } from '../../src/verify/cases/testcase.js'
import type { LossConfig } from '../../src/yolo/config/config.js'
import type { LayoutName } from '../../src/yolo/config/vocabulary.js'
import { inLayout } from './forms.js'

type Reals = Tensor<'float32' | 'float64'>

/** Logits and labels of a case by scale. */
export function tensorsOf(test: TestCase): { logits: Reals[]; labels: Reals[] } {
  const { inputs } = (test.dataSets as [DataSet])[0]
  const named = (stem: string) =>
    inputs.filter(({ name }) => name.startsWith(stem)).map(({ tensor }) => tensor as Reals)
  return { logits: named('y_pred'), labels: named('y_true') }
}

/** What the oracle is asked about a case. */
export const oracleInput = (test: TestCase): OracleInput => ({
  ...(test.info.config as Pick<LossConfig, 'anchors' | 'anchorMask' | 'classes' | 'ignoreThreshold'>),
  ...tensorsOf(test),
})

export const expectedGradients = (test: TestCase, options: GradientOptions = {}): ScaleGradient[] =>
  yoloLossGradients(oracleInput(test), options)

/** |got − expected| ≤ atol + rtol·|expected| + what rounding the inputs can change. `exact` places get rtol alone. */
export interface GradientTolerance {
  readonly atol: number
  readonly rtol: number
  /** How often the oracle's rounding bound is granted; float64 graphs do not need it. */
  readonly bound?: number
  readonly exact?: (place: number) => boolean
}

/** Smallest normal float32: what is less may be rounded coarsely, or to 0. */
const SMALLEST_NORMAL = 2 ** -126

/**
 * What float32 graphs are held to; the gradients of one image in B are 1/B of the whole. In rows without an object all
 * but objectness is exactly 0, objectness too where the cell is ignored, and its tail keeps its relative accuracy.
 */
export const float32Tolerance = (batch: number, labels: Tensor): GradientTolerance => ({
  atol: 1e-6 / batch,
  rtol: 1e-5,
  bound: 1,
  exact: inBackground(labels),
})

/** A tolerance so many times as wide. */
export const widened = ({ atol, rtol, bound = 0, ...rest }: GradientTolerance, times: number): GradientTolerance => ({
  ...rest,
  ...{ atol: times * atol, rtol: times * rtol, bound: times * bound },
})

/** An element that missed. */
export interface Miss {
  readonly place: number
  readonly got: number
  readonly expected: number
}

/** Elements of a gradient in NHWC order beyond the tolerance; what is not finite must be the same. */
export function misses(
  got: ArrayLike<number>,
  { values, bounds }: ScaleGradient,
  tolerance: GradientTolerance,
): Miss[] {
  const { atol, rtol, bound, exact } = tolerance
  if (got.length !== values.length) throw new RangeError(`${got.length} elements for ${values.length}`)
  const found: Miss[] = []
  for (const [place, expected] of values.entries()) {
    const value = got[place] as number
    if (Object.is(value, expected)) continue
    const room =
      rtol * Math.abs(expected) +
      (exact?.(place) ? expected && SMALLEST_NORMAL : atol + (bound ?? 0) * (bounds[place] as number))
    if (!(Number.isFinite(expected) && Math.abs(value - expected) <= room)) found.push({ place, got: value, expected })
  }
  return found
}

/** For each flat place of a gradient in NHWC order, whether its row holds no object. */
function inBackground({ data, shape }: Tensor): (place: number) => boolean {
  const channels = shape.at(-1) as number
  return (place) => Number(data[place - (place % channels) + 4]) === 0
}

/** The order of places in another layout: entry i tells which NHWC place stands there. */
export function placesIn(shape: readonly number[], layout: LayoutName, anchors: number): Float64Array {
  const size = shape.reduce((n, d) => n * d, 1)
  const places: Tensor<'float64'> = { dtype: 'float64', shape, data: Float64Array.from({ length: size }, (_, i) => i) }
  return inLayout(places, layout, anchors).data
}

/** A gradient in another layout back in NHWC order. */
export function inNhwc(gradient: Tensor, nhwcShape: readonly number[], layout: LayoutName, anchors: number) {
  const restored = new Float64Array(gradient.data.length)
  for (const [i, place] of placesIn(nhwcShape, layout, anchors).entries()) restored[place] = Number(gradient.data[i])
  return restored
}
