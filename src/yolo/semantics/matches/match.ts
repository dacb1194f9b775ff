import type { Real } from '../../../io/index.js'
import type { Value } from '../../../onnx/index.js'

/**
 * Boxes that rows of predictions of a scale are to find: a list of fixed length K of each image, in the order in which
 * they are written; those that do not exist have `exists` false and harmless numbers.
 */
export interface Matches<D extends Real = Real> {
  /** `[B, K]` */
  readonly exists: Value<'bool'>
  /** Flat index among the h·w·A rows of the image in label order (h, w, a); 0 where none: `[B, K]` */
  readonly index: Value<'int64'>
  /** Column and row `[B, K, 2]`. */
  readonly cell: Value<D>
  /** Width and height of the anchor in pixels `[B, K, 2]`. */
  readonly anchor: Value<D>
  /** x y w h, fractions of the input `[B, K, 4]`; ½ ½ ½ ½ where none. */
  readonly box: Value<D>
  /** 0 where none `[B, K]`. */
  readonly objectness: Value<D>
  /** `[B, K, C]` */
  readonly classes: Value<D>
  /** No two share a row of predictions (dense labels): nothing has to be looked for then. */
  readonly distinct: boolean
  /** K are the rows of predictions themselves, in order (dense labels): nothing has to be gathered. */
  readonly everyRow: boolean
}

/** Matches, and how those count that share a row of predictions. */
export interface Shared<D extends Real = Real> extends Matches<D> {
  /** How much coordinates count, 0 where they do not: `[B, K]`. Not yet multiplied by the objectness. */
  readonly boxWeight: Value<D>
  /** 1 where classes are learnt, else 0: `[B, K]`. Not yet multiplied by the objectness. */
  readonly classWeight: Value<D>
  /** Labels of the classes that are learnt there `[B, K, C]`. */
  readonly classLabels: Value<D>
  /** Whether it is the last of its row of predictions, whose objectness it says: `[B, K]`. */
  readonly isLast: Value<'bool'>
}
