import { intOf, intsOf } from '../graph/attribute.js'
import { type Window, windowOf } from '../infer/window.js'
import { type Applied, cannot, operand, result } from './applied.js'

/** Where the windows of a convolution or a pooling lie, along each axis of space. */
export interface Geometry {
  readonly kernel: readonly number[]
  readonly strides: readonly number[]
  readonly dilations: readonly number[]
  /** Entries of padding before the first and after the last. */
  readonly before: readonly number[]
  readonly after: readonly number[]
  readonly group: number
}

/** So many entries of padding on one axis, half of them before it and the odd one on the side that is said. */
function shared(totals: readonly number[], oddBehind: boolean) {
  const less = totals.map((t) => Math.floor(t / 2))
  const more = totals.map((t, i) => t - (less[i] as number))
  return oddBehind ? { before: less, after: more } : { before: more, after: less }
}

/** From the first entry that the windows of an axis meet to the last. */
const reach = ({ kernel, strides, dilations }: Window, i: number, windows: number): number =>
  (windows - 1) * (strides[i] as number) + ((kernel[i] as number) - 1) * (dilations[i] as number) + 1

/** Pads as `auto_pad` makes them of the sizes: as much as the last window reaches over the end. */
function ownPads(n: Applied, window: Window) {
  const { kernel, pads, auto } = window
  if (auto === 'NOTSET') return { before: pads.slice(0, kernel.length), after: pads.slice(kernel.length) }
  if (auto === 'VALID')
    return shared(
      kernel.map(() => 0),
      true,
    )
  const [wide, narrow] = n.node.op === 'ConvTranspose' ? [result(n), operand(n)] : [operand(n), result(n)]
  const over = (i: number) => reach(window, i, narrow.shape[i + 2] as number) - (wide.shape[i + 2] as number)
  return shared(
    kernel.map((_, i) => Math.max(0, over(i))),
    auto === 'SAME_UPPER',
  )
}

/** Padding behind, or more where the windows reach over it. */
function reached(n: Applied, window: Window, { before, after }: Pick<Geometry, 'before' | 'after'>): readonly number[] {
  if (n.node.op === 'ConvTranspose') return after
  return after.map((pad, i) => {
    const [size, windows] = [operand(n).shape[i + 2] as number, result(n).shape[i + 2] as number]
    return Math.max(pad, reach(window, i, windows) - size - (before[i] as number))
  })
}

/** Pads that follow from the sizes asked for. */
function padsTo(n: Applied, window: Window) {
  const extra = intsOf(n, 'output_padding') ?? window.kernel.map(() => 0)
  const totals = window.kernel.map((_, i) => {
    const [from, to] = [operand(n).shape[i + 2] as number, result(n).shape[i + 2] as number]
    return reach(window, i, from) + (extra[i] as number) - to
  })
  return shared(totals, window.auto === 'SAME_UPPER')
}

/**
 * The geometry of a node. After `ceil_mode` the last window may reach over the padding; what is missing there is padding
 * too. @throws GraphError E_GRADIENT where sizes are open
 */
export function geometryOf(n: Applied, kernel: readonly number[]): Geometry {
  const window = windowOf(n, kernel)
  const space = [...operand(n).shape.slice(2), ...result(n).shape.slice(2)]
  if (space.some((d) => typeof d !== 'number')) cannot(n, 'has sizes that are open', 'give the model fixed sizes first')
  const { strides, dilations } = window
  const isAsked = n.node.op === 'ConvTranspose' && n.node.attributes.output_shape
  const pads = isAsked ? padsTo(n, window) : ownPads(n, window)
  const group = intOf(n, 'group', 1)
  return { kernel, strides, dilations, before: pads.before, after: reached(n, window, pads), group }
}

/** The places of a kernel in row-major order. */
export const taps = (kernel: readonly number[]): number[][] =>
  kernel.reduce<number[][]>((all, k) => all.flatMap((tap) => Array.from({ length: k }, (_, i) => [...tap, i])), [[]])
