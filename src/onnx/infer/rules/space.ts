import { intOf, intsOf } from '../../graph/attribute.js'
import { broadcast } from '../../graph/shape.js'
import { type Asked, cannotTell, given, type Inference, type Known } from '../known.js'
import { type Window, windowOf } from '../window.js'

/** Rows and columns that windows give. Source: ONNX, Conv and MaxPool, `output_shape`. */
function seen(n: Asked, space: readonly number[], { kernel, strides, dilations, pads, auto }: Window): number[] {
  const ceil = intOf(n, 'ceil_mode', 0) === 1
  return space.map((size, i) => {
    const [k, s, d] = [kernel[i] as number, strides[i] as number, dilations[i] as number]
    if (auto.startsWith('SAME')) return Math.ceil(size / s)
    const [before, after] = auto === 'VALID' ? [0, 0] : [pads[i] as number, pads[i + kernel.length] as number]
    const left = size + before + after - ((k - 1) * d + 1)
    const count = (ceil ? Math.ceil(left / s) : Math.floor(left / s)) + 1
    // The last window must begin in the operand or its first padding.
    return ceil && (count - 1) * s >= size + before ? count - 1 : count
  })
}

const conv: Inference = (n) => {
  const [
    {
      dtype,
      shape: [N = 0, , ...space],
    },
    w,
  ] = [given(n), given(n, 1)]
  return [{ dtype, shape: [N, w.shape[0] as number, ...seen(n, space, windowOf(n, w.shape.slice(2)))] }]
}

const deconv: Inference = (n) => {
  const [
    {
      dtype,
      shape: [N = 0, , ...space],
    },
    w,
  ] = [given(n), given(n, 1)]
  const { kernel, strides, dilations, pads, auto } = windowOf(n, w.shape.slice(2))
  const more = intsOf(n, 'output_padding') ?? kernel.map(() => 0)
  const channels = (w.shape[1] as number) * intOf(n, 'group', 1)
  const grown = space.map((size, i) => {
    const [k, s, d] = [kernel[i] as number, strides[i] as number, dilations[i] as number]
    if (auto.startsWith('SAME')) return size * s
    const cut = (pads[i] as number) + (pads[i + kernel.length] as number)
    return s * (size - 1) + (more[i] as number) + (k - 1) * d + 1 - cut
  })
  return [{ dtype, shape: [N, channels, ...(intsOf(n, 'output_shape')?.slice(-kernel.length) ?? grown)] }]
}

const pool: Inference = (n) => {
  const {
    dtype,
    shape: [N = 0, C = 0, ...space],
  } = given(n)
  const own = [N, C, ...seen(n, space, windowOf(n, intsOf(n, 'kernel_shape') ?? []))]
  return [
    { dtype, shape: own },
    { dtype: 'int64', shape: own },
  ]
}

const global: Inference = (n) => {
  const {
    dtype,
    shape: [N = 0, C = 0, ...space],
  } = given(n)
  return [{ dtype, shape: [N, C, ...space.map(() => 1)] }]
}

const batchNorm: Inference = (n) => {
  const { dtype, shape } = given(n)
  const perChannel: Known = { dtype: n.x[3]?.dtype ?? dtype, shape: n.x[3]?.shape ?? [] }
  return [{ dtype, shape }, perChannel, perChannel, perChannel, perChannel]
}

const matMul: Inference = (n) => {
  const [a, b] = [given(n), given(n, 1)]
  const [A, B] = [a.shape.length === 1 ? [1, ...a.shape] : a.shape, b.shape.length === 1 ? [...b.shape, 1] : b.shape]
  const batch = broadcast(A.slice(0, -2), B.slice(0, -2)) as readonly number[] | undefined
  if (!batch) return cannotTell(n, `multiplies [${a.shape}] and [${b.shape}]`)
  const rows = a.shape.length === 1 ? [] : [A.at(-2) as number]
  const columns = b.shape.length === 1 ? [] : [B.at(-1) as number]
  return [{ dtype: a.dtype, shape: [...batch, ...rows, ...columns] }]
}

const gemm: Inference = (n) => {
  const [a, b] = [given(n), given(n, 1)]
  const M = a.shape[intOf(n, 'transA', 0) === 1 ? 1 : 0] as number
  return [{ dtype: a.dtype, shape: [M, b.shape[intOf(n, 'transB', 0) === 1 ? 0 : 1] as number] }]
}

/** Convolutions, pooling, normalisation and products of matrices. */
export const spaceInference: Readonly<Record<string, Inference>> = {
  Conv: conv,
  ConvTranspose: deconv,
  MaxPool: pool,
  AveragePool: pool,
  GlobalAveragePool: global,
  GlobalMaxPool: global,
  BatchNormalization: batchNorm,
  MatMul: matMul,
  Gemm: gemm,
}
