import type { Value } from '../../../onnx/index.js'
import { add, div, floor, mul, sub } from '../../../onnx/math.js'
import { concat } from '../../../onnx/parts.js'
import { cast } from '../../../onnx/shape.js'
import type { ValueOf } from '../../../reference/semantics/records.js'

type F = Value<'float64'>

/** Corners of boxes in pixels `[B, T, 2]` each, and the size of the input `[2]`. */
export interface Corners {
  readonly near: F
  readonly far: F
  readonly S: F
}

/** How corners are read, and where centres are. */
interface Reading {
  /** x y w h, fractions of the input `[B, T, 4]`. */
  readonly box: (corners: Corners) => F
  /** Column and row `[B, T, 2]`. @param xy centres, as `box` reads them @param g columns and rows `[2]` */
  readonly cell: (xy: F, corners: Corners, g: F) => F
  /** Whether there are boxes without height. */
  readonly flat: boolean
}

const rounded = (v: F): F => cast(cast(v, 'float32'), 'float64')

const boxOf = ({ near, far, S }: Corners): F => concat([div(mul(add(near, far), 0.5), S), div(sub(far, near), S)], 2)

const cellOf = (xy: F, _: Corners, g: F): F => floor(mul(xy, g))

/** Each way by its name. */
export const readings: Readonly<Record<ValueOf<'pixels'>, Reading>> = {
  exact: { box: boxOf, cell: cellOf, flat: false },
  whole: {
    box({ near, far, S }) {
      const centre = floor(mul(rounded(add(near, far)), 0.5))
      return rounded(concat([div(centre, S), div(rounded(sub(far, near)), S)], 2))
    },
    cell: cellOf,
    flat: true,
  },
  float32: {
    box: (corners) => rounded(boxOf(corners)),
    cell: (xy, _, g) => floor(rounded(mul(xy, g))),
    flat: false,
  },
  stride: {
    box: boxOf,
    cell: (_, { near, far, S }, g) => floor(div(mul(add(near, far), 0.5), div(S, g))),
    flat: false,
  },
}
