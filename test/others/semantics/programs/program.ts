import type {
  Outcome,
  ProfileName,
  ScaleOutcome,
  Semantics,
  TermName,
} from '../../../../src/reference/semantics/index.js'

/** The float64 reference under one set of rules. */
export interface Computed {
  readonly outcome: Outcome
  readonly gradients: readonly Float64Array[]
}

/** What a program returned, as the reference says it: arrays by name, those of scales one for each. */
export interface Expected {
  readonly whole?: Readonly<Record<string, readonly number[]>>
  readonly scales?: Readonly<Record<string, readonly ArrayLike<number>[]>>
}

/** A number of a gradient. */
export interface Element {
  readonly logit: number
  /** Of the row of predictions: 0 to 3 the box, 4 the objectness, classes after. */
  readonly channel: number
  /** How many boxes the row is to find. */
  readonly boxes: number
  /** What the program was called with, as the names of its results have it. */
  readonly variant: string
}

/** Where a program says something else of a gradient than what it is. */
export interface Apart {
  readonly because: string
  readonly is: (element: Element) => boolean
}

/** Rules that are not those of the profile. */
type Changes = Partial<Semantics>

/** What an array is of, if it is a gradient. */
export interface GradientOf {
  readonly variant: string
  readonly logits: ArrayLike<number>
  /** Numbers of a row of predictions. */
  readonly channels: number
  /** How many boxes a row is to find, by its index. */
  readonly boxes: ReadonlyMap<number, number>
}

/** An original program, and how its results are to be read. */
export interface Program {
  readonly profile: ProfileName
  /** What it returns, in words. */
  readonly exposes: string
  /** What the program is called with beside its profile's own rules, by what its results have after their names. */
  readonly variants: Readonly<Record<string, Changes | ((scales: number) => Changes)>>
  /** Largest relative error, and the absolute one that rounding in its own type can make. */
  readonly relative: number
  readonly absolute: number
  readonly expected: (computed: Computed) => Expected
  /** Names of its results as `yolo-loss identify` has them, by its own; those of scales without their number. */
  readonly ours: Readonly<Record<string, string>>
  /** Rules that its backward follows and its forward does not. */
  readonly backward?: Changes
  readonly apart?: readonly Apart[]
}

/** A term over all scales. */
export const summed = ({ outcome }: Computed, ...names: readonly TermName[]): number =>
  outcome.scales.reduce((sum, scale) => names.reduce((own, name) => own + scale[name], sum), 0)

/** Terms of each image, over the scales given. */
export function perImage(scales: readonly ScaleOutcome[], ...names: readonly TermName[]): number[] {
  const images = scales[0]?.perImage.xy.length ?? 0
  return Array.from({ length: images }, (_, b) =>
    scales.reduce((sum, scale) => names.reduce((own, name) => own + (scale.perImage[name][b] ?? 0), sum), 0),
  )
}

/** A term of each scale. */
export const byScale = ({ outcome }: Computed, name: TermName): number[][] =>
  outcome.scales.map((scale) => [scale[name]])

/** What Darknet prints of each scale. */
export const squares = ({ gradients }: Computed): number[][] =>
  gradients.map((gradient) => [gradient.reduce((sum, g) => sum + g * g, 0)])

/** A box that is predicted exactly, by logits of 0, has edges where the largest and the least of two have two slopes. */
export const edgesThatMeet: Apart = {
  because: 'edges of the box that is predicted and the true one meet',
  is: ({ logit, channel, boxes }) => logit === 0 && channel < 4 && boxes > 0,
}

/** Slopes that are not defined at 0, where libraries chose others than half. */
export const logitsOfZero: Apart = {
  because: 'a logit of 0, where its cross-entropy takes the slopes of relu and abs for 0',
  is: ({ logit, channel, boxes }) => logit === 0 && (channel === 4 || boxes > 0),
}

/** Why an element of a gradient is left out; undefined if it is not. */
export function apartBecause({ apart = [] }: Program, gradient: GradientOf | undefined, i: number): string | undefined {
  if (!gradient || apart.length === 0) return undefined
  const { variant, logits, channels, boxes } = gradient
  const channel = i % channels
  const element = { variant, channel, logit: logits[i] as number, boxes: boxes.get((i - channel) / channels) ?? 0 }
  return apart.find(({ is }) => is(element))?.because
}
