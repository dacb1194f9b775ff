import { sizeOf } from '../../../io/index.js'
import { matMul, reduceSum } from '../../math.js'
import { concatAll } from '../../parts.js'
import { reshape, transpose, unsqueeze } from '../../shape.js'
import { type Applied, operand, sizesOf, type V } from '../applied.js'
import { type Geometry, geometryOf, taps } from '../geometry.js'
import { type Part, type Rule, ruled } from '../rule.js'
import { framed, stepped } from '../window.js'
import { turned } from './matrices.js'

/** Filters mirrored, and input and output channels of each group exchanged: `[M, C/G, …k] → [C, M/G, …k]` */
function mirrored(w: V, { group, kernel }: Geometry): V {
  const [M, c] = w.shape as readonly number[] as [number, number]
  const axes = kernel.flatMap((size, i) => (size > 1 ? [{ axis: i + 2, start: -1, step: -1, count: size }] : []))
  const flipped = axes.length === 0 ? w : stepped(w, axes)
  if (group === 1) return transpose(flipped, [1, 0, ...kernel.map((_, i) => i + 2)])
  const apart = reshape(flipped, [group, M / group, c, ...kernel])
  const swapped = transpose(apart, [0, 2, 1, ...kernel.map((_, i) => i + 3)])
  return reshape(swapped, [group * c, M / group, ...kernel])
}

const ints = (values: readonly number[]) => ({ ints: values })

/** By the operand at stride 1: a convolution of g with the mirrored filters, padded so that each tap finds its place. */
function byInputAtStrideOne(g: V, w: V, x: V, at: Geometry): V {
  const reach = at.kernel.map((k, i) => (k - 1) * (at.dilations[i] as number))
  const near = reach.map((r, i) => r - (at.before[i] as number))
  const far = reach.map((r, i) => r - (at.after[i] as number))
  const pads = [...near, ...far].map((p) => Math.max(p, 0))
  const grown = g.shape
    .slice(2)
    .map((o, i) => (o as number) + (pads[i] as number) + (pads[i + near.length] as number) - (reach[i] as number))
  const attributes = {
    dilations: ints(at.dilations),
    group: { int: at.group },
    kernel_shape: ints(at.kernel),
    pads: ints(pads),
  }
  const whole = g.graph.emit(
    'Conv',
    [g, mirrored(w, at)],
    [g.dtype, [g.shape[0] as number, x.shape[1] as number, ...grown]],
    attributes,
  )
  const crop = near.map((p, i) => ({ axis: i + 2, before: Math.min(p, 0), after: Math.min(far[i] as number, 0) }))
  return framed(whole, crop)
}

/**
 * By the operand at any stride. Pads and output padding say where each entry lies; `output_shape` would leave it to the
 * runtime to share the pads out anew.
 */
function byInput(g: V, w: V, x: V, at: Geometry): V {
  if (at.strides.every((s) => s === 1)) return byInputAtStrideOne(g, w, x, at)
  const sizes = x.shape.slice(2) as readonly number[]
  const left = sizes.map((size, i) => {
    const o = g.shape[i + 2] as number
    const reach = ((at.kernel[i] as number) - 1) * (at.dilations[i] as number) + 1
    return size - ((o - 1) * (at.strides[i] as number) + reach - (at.before[i] as number) - (at.after[i] as number))
  })
  const attributes = {
    dilations: ints(at.dilations),
    group: { int: at.group },
    kernel_shape: ints(at.kernel),
    output_padding: ints(left),
    pads: ints([...at.before, ...at.after]),
    strides: ints(at.strides),
  }
  return g.graph.emit('ConvTranspose', [g, w], [g.dtype, x.shape], attributes)
}

/** From this many places of an image on, a product for each tap takes less memory, and no longer, than one for all. */
const manyPlaces = 26 * 26

/** The entries that each tap meets, `[N, G, C/G, P]` in the order of the filters. */
function met(n: Applied, x: V, out: readonly number[], at: Geometry): V[] {
  const [N, C] = sizesOf(n, x) as [number, number]
  const frames = at.before.map((before, i) => ({ axis: i + 2, before, after: at.after[i] as number }))
  const wide = framed(x, frames)
  return taps(at.kernel).map((tap) => {
    const steps = tap.map((k, i) => ({
      axis: i + 2,
      start: k * (at.dilations[i] as number),
      step: at.strides[i] as number,
      count: out[i] as number,
    }))
    const whole = steps.every((s) => s.start === 0 && s.step === 1 && s.count === wide.shape[s.axis])
    return reshape(whole ? wide : stepped(wide, steps), [N, at.group, C / at.group, sizeOf(out)])
  })
}

/**
 * By the filters, `[M, C/G, …k]`: g times what each tap met, as products of matrices over the places. A convolution with
 * batch and channels exchanged says the same in one node, and takes twice as long.
 */
function byFilters(n: Applied, g: V, x: V, w: V, at: Geometry): V {
  const out = g.shape.slice(2) as readonly number[]
  const [N, M] = sizesOf(n, g) as [number, number]
  const [P, c] = [sizeOf(out), w.shape[1] as number]
  const G = reshape(g, [N, at.group, M / at.group, P])
  const overImages = (v: V) => reduceSum(v, { axes: [0] })
  const parts = met(n, x, out, at)
  if (parts.length === 1) return reshape(overImages(matMul(G, turned(parts[0] as V))), w.shape)
  if (P > manyPlaces) {
    const each = parts.map((part) => unsqueeze(overImages(matMul(G, turned(part))), [3])) // [G, M/G, C/G, 1]
    return reshape(concatAll(each, 3), w.shape)
  }
  const columns = concatAll(
    parts.map((part) => unsqueeze(part, [3])),
    3,
  ) // [N, G, C/G, k, P]
  const rows = reshape(columns, [N, at.group, c * parts.length, P])
  return reshape(overImages(matMul(G, turned(rows))), w.shape)
}

const overPlaces = (g: V): V => reduceSum(g, { axes: [0, ...g.shape.slice(2).map((_, i) => i + 2)] })

function convolved(n: Applied, g: V): Part[] {
  const [x, w] = [operand(n), operand(n, 1)]
  sizesOf(n, { shape: x.shape.slice(1) })
  const at = geometryOf(n, w.shape.slice(2) as readonly number[])
  return [byInput(g, w, x, at), byFilters(n, g, x, w, at), n.x[2] && overPlaces(g)]
}

/** The transposed convolution of x is the convolution of g, and its filters see x and g exchanged. */
function deconvolved(n: Applied, g: V): Part[] {
  const [x, w] = [operand(n), operand(n, 1)]
  const at = geometryOf(n, w.shape.slice(2) as readonly number[])
  const attributes = {
    dilations: ints(at.dilations),
    group: { int: at.group },
    kernel_shape: ints(at.kernel),
    pads: ints([...at.before, ...at.after]),
    strides: ints(at.strides),
  }
  const back = n.graph.emit('Conv', [g, w], [g.dtype, x.shape], attributes)
  return [back, byFilters(n, x, g, w, at), n.x[2] && overPlaces(g)]
}

/** Convolutions. */
export const convolutionRules: Readonly<Record<string, Rule>> = {
  Conv: ruled('g ⋆ mirrored w; g·(x met by each tap)ᵀ; Σ g', convolved),
  ConvTranspose: ruled('g ⋆ w; x·(g met by each tap)ᵀ; Σ g', deconvolved),
}
