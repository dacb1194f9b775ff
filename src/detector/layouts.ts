import type { Real } from '../io/index.js'
import type { Dim, Shape, Value } from '../onnx/index.js'
import { reshape, transpose } from '../onnx/ops/index.js'

/** Number of anchors of a scale, and entries of each: 5 + classes. */
export interface Entries {
  readonly anchors: number
  readonly entries: number
}

/** Rows and columns of a scale. */
export interface Grid {
  readonly h: Dim
  readonly w: Dim
}

type Letter = 'n' | 'h' | 'w' | 'a' | 'd' | 'c' | 'p' | 'q'

/**
 * How detectors hand out their heads, a letter for each axis: image, row, column, anchor, entry, channel (anchor ×
 * entry), place (row × column × anchor), place with the anchor first.
 */
const axes = {
  nchw: 'nchw',
  nhwc: 'nhwc',
  nahwc: 'nahwd',
  nachw: 'nadhw',
  nhwac: 'nhwad',
  'flat-hwa': 'npd',
  'flat-ahw': 'nqd',
} as const satisfies Record<string, string>

export type HeadLayout = keyof typeof axes
export const headLayouts = Object.keys(axes) as HeadLayout[]

const letters = (layout: HeadLayout): Letter[] => [...axes[layout]] as Letter[]
export const isFlat = (layout: HeadLayout): boolean => layout.startsWith('flat')

/** Description of a layout's shape, for messages. */
export function shapeText(layout: HeadLayout, { anchors, entries }: Entries): string {
  const names: Record<Letter, string> = {
    n: 'N', h: 'h', w: 'w', a: `${anchors}`, d: `${entries}`, c: `${anchors * entries}`,
    p: `h·w·${anchors}`, q: `${anchors}·h·w`,
  } // biome-ignore format: a table
  return `[${letters(layout).map((l) => names[l])}]`
}

/** The size an axis must have; undefined where any will do. */
const sizeOfAxis = (letter: Letter, { anchors, entries }: Entries): number | undefined =>
  ({ a: anchors, d: entries, c: anchors * entries })[letter as string]

/** Whether a shape is of a layout. With `strict` the sizes that tell layouts apart must be known. */
export function fits(shape: readonly Dim[], layout: HeadLayout, sizes: Entries, strict: boolean): boolean {
  const order = letters(layout)
  if (order.length !== shape.length) return false
  return order.every((letter, axis) => {
    const dim = shape[axis]
    const wanted = sizeOfAxis(letter, sizes)
    if (typeof dim !== 'number') return wanted === undefined || !strict
    if (letter === 'p' || letter === 'q') return dim > 0 && dim % sizes.anchors === 0
    return wanted === undefined ? dim > 0 || letter === 'n' : dim === wanted
  })
}

/**
 * Sizes of the grid as far as the shape shows them; `''` where it does not. Symbols show nothing: PyTorch's exporter
 * has been seen to call the rows of a head `batch`.
 */
export function gridIn(shape: readonly Dim[], layout: HeadLayout): Grid {
  const at = (letter: Letter) => {
    const dim = shape[letters(layout).indexOf(letter)]
    return typeof dim === 'number' ? dim : ''
  }
  return isFlat(layout) ? { h: '', w: '' } : { h: at('h'), w: at('w') }
}

/**
 * A head as the loss reads it, `[N, h, w, A·(5+C)]`: at most a Transpose and a Reshape.
 * @param grid its rows and columns, by the names the shape of `x` has for them
 */
export function toNhwc<D extends Real>(x: Value<D>, layout: HeadLayout, grid: Grid, sizes: Entries): Value<D> {
  const [n] = x.shape as [Dim]
  const { h, w } = grid
  const { anchors: a, entries: d } = sizes
  const fused: Shape = [n, h, w, a * d]
  switch (layout) {
    case 'nhwc':
      return x
    case 'nchw':
      return transpose(x, [0, 2, 3, 1])
    case 'nahwc':
      return reshape(transpose(x, [0, 2, 3, 1, 4]), fused)
    case 'nachw':
      return reshape(transpose(x, [0, 3, 4, 1, 2]), fused)
    case 'nhwac':
    case 'flat-hwa':
      return reshape(x, fused)
    case 'flat-ahw':
      return reshape(transpose(reshape(x, [n, a, h, w, d]), [0, 2, 3, 1, 4]), fused)
  }
}
