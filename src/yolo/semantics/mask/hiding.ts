import type { Real } from '../../../io/index.js'
import type { Value } from '../../../onnx/index.js'
import { concatAll } from '../../../onnx/parts.js'
import { cast } from '../../../onnx/shape.js'
import type { Semantics, ValueOf } from '../../../reference/semantics/records.js'
import type { Shared } from '../matches/match.js'
import type { TrueBoxes } from '../matches/truth.js'
import type { Scale } from '../scale.js'

/** True boxes that may hide predictions: which of a list there are `[B, n]`, and where `[B, n, 4]`. */
export interface Hiding<D extends Real = Real> {
  readonly exists: Value<'bool'>
  readonly box: Value<D>
}

/** What they are looked for in. */
interface Labelled<D extends Real> {
  readonly scales: readonly Scale<D>[]
  readonly matches: readonly Shared<D>[]
  /** Undefined for labels that are assigned already. */
  readonly truth: TrueBoxes | undefined
}

type Find = <D extends Real>(l: number, labelled: Labelled<D>) => Hiding<D>

/** Those of the image as given, or as far as labels of all scales still have them. */
const ofImage: Find = <D extends Real>(_: number, { scales, matches, truth }: Labelled<D>): Hiding<D> => {
  if (truth) return { exists: truth.exists, box: cast(truth.box, (scales[0] as Scale<D>).dtype) }
  const all = <T>(of: (one: Shared<D>) => T) => matches.map(of)
  return { exists: concatAll(all(({ exists }) => exists), 1), box: concatAll(all(({ box }) => box), 1) } // biome-ignore format: one line
}

const ways: Readonly<Record<ValueOf<'ignoreBoxes'>, Find>> = {
  scale: (l, { matches }) => ({ exists: own(matches, l).isLast, box: own(matches, l).box }),
  assigned: (l, { matches }) => own(matches, l),
  image: ofImage,
}

const own = <D extends Real>(matches: readonly Shared<D>[], l: number): Shared<D> => matches[l] as Shared<D>

/** True boxes that may hide predictions of a scale. */
export const hidingOf = <D extends Real>(l: number, labelled: Labelled<D>, { ignoreBoxes }: Semantics): Hiding<D> =>
  ways[ignoreBoxes](l, labelled)
