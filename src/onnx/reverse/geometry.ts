import { intOf, intsOf, textOf } from '../graph/attribute.js'
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

/** Pads as `auto_pad` makes them of the sizes: as much as the last window reaches over the end. */
function ownPads(n: Applied, kernel: readonly number[], strides: readonly number[], dilations: readonly number[]) {
  const mode = textOf(n, 'auto_pad', 'NOTSET')
  if (mode === 'NOTSET') return intsOf(n, 'pads') ?? kernel.flatMap(() => [0, 0])
  if (mode === 'VALID') return kernel.flatMap(() => [0, 0])
  const [wide, narrow] = n.node.op === 'ConvTranspose' ? [result(n), operand(n)] : [operand(n), result(n)]
  const totals = kernel.map((k, i) => {
    const [size, o] = [wide.shape[i + 2] as number, narrow.shape[i + 2] as number]
    return Math.max(0, (o - 1) * (strides[i] as number) + (k - 1) * (dilations[i] as number) + 1 - size)
  })
  const less = totals.map((t) => Math.floor(t / 2))
  const more = totals.map((t, i) => t - (less[i] as number))
  return mode === 'SAME_UPPER' ? [...less, ...more] : [...more, ...less]
}

/**
 * The geometry of a node. After `ceil_mode` the last window may reach over the padding; what is missing there is padding
 * too. @throws GraphError E_GRADIENT where sizes are open
 */
export function geometryOf(n: Applied, kernel: readonly number[]): Geometry {
  const ones = kernel.map(() => 1)
  const [strides, dilations] = [intsOf(n, 'strides') ?? ones, intsOf(n, 'dilations') ?? ones]
  const space = [...operand(n).shape.slice(2), ...result(n).shape.slice(2)]
  if (space.some((d) => typeof d !== 'number')) cannot(n, 'has sizes that are open', 'give the model fixed sizes first')
  if (n.node.op === 'ConvTranspose' && n.node.attributes.output_shape)
    return transposedTo(n, kernel, strides, dilations)
  const pads = ownPads(n, kernel, strides, dilations)
  const [before, after] = [pads.slice(0, kernel.length), pads.slice(kernel.length)]
  return {
    kernel,
    strides,
    dilations,
    before,
    after: reached(n, { kernel, strides, dilations, before, after }),
    group: intOf(n, 'group', 1),
  }
}

/** Padding behind, or more where the windows reach over it. */
function reached(n: Applied, at: Omit<Geometry, 'group'>): readonly number[] {
  if (n.node.op === 'ConvTranspose') return at.after
  return at.after.map((pad, i) => {
    const [size, o] = [operand(n).shape[i + 2] as number, result(n).shape[i + 2] as number]
    const reach = (o - 1) * (at.strides[i] as number) + ((at.kernel[i] as number) - 1) * (at.dilations[i] as number) + 1
    return Math.max(pad, reach - size - (at.before[i] as number))
  })
}

/** Pads that follow from the sizes asked for. */
function transposedTo(
  n: Applied,
  kernel: readonly number[],
  strides: readonly number[],
  dilations: readonly number[],
): Geometry {
  const extra = intsOf(n, 'output_padding') ?? kernel.map(() => 0)
  const totals = kernel.map((k, i) => {
    const [from, to] = [operand(n).shape[i + 2] as number, result(n).shape[i + 2] as number]
    return (strides[i] as number) * (from - 1) + (extra[i] as number) + (k - 1) * (dilations[i] as number) + 1 - to
  })
  const less = totals.map((t) => Math.floor(t / 2))
  const more = totals.map((t, i) => t - (less[i] as number))
  const upper = textOf(n, 'auto_pad', 'NOTSET') === 'SAME_UPPER'
  const [before, after] = upper ? [less, more] : [more, less]
  return { kernel, strides, dilations, before, after, group: intOf(n, 'group', 1) }
}

/** The places of a kernel in row-major order. */
export const taps = (kernel: readonly number[]): number[][] =>
  kernel.reduce<number[][]>((all, k) => all.flatMap((tap) => Array.from({ length: k }, (_, i) => [...tap, i])), [[]])
