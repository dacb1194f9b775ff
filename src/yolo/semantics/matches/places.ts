import type { DType } from '../../../io/index.js'
import type { Value } from '../../../onnx/index.js'
import { where } from '../../../onnx/logic.js'
import { concatAll } from '../../../onnx/parts.js'
import { unsqueeze } from '../../../onnx/shape.js'
import type { Places } from './assign.js'

type F = Value<'float64'>

/** What each box may do at one anchor of a scale: whether it goes there `[B, T]`, and its cell `[B, T, 2]`. */
export interface Option {
  readonly taken: Value<'bool'>
  readonly cell: F
  readonly slot: number
}

/** Values of several options one behind another. */
const inRow = <D extends DType>(values: readonly Value<D>[]): Value<D> =>
  values.length === 1 ? (values[0] as Value<D>) : concatAll(values, 1)

/** The places of all options of a scale, all boxes of the first before those of the next. */
export const placesOf = (options: readonly Option[]): Places => ({
  taken: inRow(options.map(({ taken }) => taken)),
  cell: inRow(options.map(({ cell }) => cell)),
  slot: inRow(options.map(({ taken, slot }) => unsqueeze(where(taken, taken.graph.scalar(slot, 'float64'), 0), [2]))),
  ofBoxes: (v) => inRow(options.map(() => v)),
})
