import { type Dim, product, tensorOf, type Value } from '../../../onnx/index.js'
import { where } from '../../../onnx/logic.js'
import { add } from '../../../onnx/math.js'
import { reshape, unsqueeze } from '../../../onnx/shape.js'
import type { Places } from './assign.js'

type F = Value<'float64'>

/** What boxes may do at V anchors of a scale, or the same anchors in several ways. */
export interface Options {
  /** Whether a box goes there `[B, V, T]`. */
  readonly taken: Value<'bool'>
  /** Column and row `[B, V, T, 2]`, or `[B, 1, T, 2]` where they are the same for all. */
  readonly cell: F
  /** Place of the anchor within its scale, V of them. */
  readonly slots: readonly number[]
}

/** The places of all options of a scale, all boxes of the first before those of the next. */
export function placesOf({ taken, cell, slots }: Options): Places {
  const { graph, shape } = taken
  const [B, V, T] = shape as readonly [Dim, number, Dim]
  const nothing = graph.constant(tensorOf('float64', [V, 1, 1], Array<number>(V).fill(0)), 'nothing')
  const slot = graph.constant(tensorOf('float64', [V, 1], slots), 'slots')
  const inRow = (v: F) => reshape(v, [B, product([V, T]), v.shape[3] as number])
  return {
    taken: reshape(taken, [B, product([V, T])]),
    cell: inRow(add(cell, nothing)),
    slot: inRow(unsqueeze(where(taken, slot, 0), [3])),
    ofBoxes: (v) => inRow(add(unsqueeze(v, [1]), nothing)),
  }
}

/** Numbers of the anchors of a scale. */
export const slotsOf = ({ anchors }: { readonly anchors: readonly unknown[] }): number[] => [...anchors.keys()]
