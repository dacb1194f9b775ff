import type { AnyTensor, NamedTensor } from '../../src/io/elements.js'
import { type DType, sizeOf, type Tensor } from '../../src/io/tensor.js'
import type { DataSet, TestCase } from '../../src/verify/cases/testcase.js'
import type { LossConfig } from '../../src/yolo/config/config.js'
import { type LayoutName, labelAxes, layouts } from '../../src/yolo/config/vocabulary.js'

/** A copy with the axes in another order. */
export function permuted<D extends DType>({ dtype, shape, data }: Tensor<D>, perm: readonly number[]): Tensor<D> {
  const strides = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)))
  const result = perm.map((axis) => shape[axis] as number)
  const copy = data.slice()
  const index = result.map(() => 0)
  for (let i = 0; i < copy.length; i++) {
    const from = index.reduce((sum, at, k) => sum + at * (strides[perm[k] as number] as number), 0)
    copy[i] = data[from] as never
    for (let k = index.length - 1; k >= 0 && ++(index[k] as number) === result[k]; k--) index[k] = 0
  }
  return { dtype, shape: result, data: copy as typeof data }
}

/** NHWC logits `[B, h, w, A·(5+C)]` in another layout. */
export function inLayout<D extends DType>(logits: Tensor<D>, layout: LayoutName, anchors: number): Tensor<D> {
  const { axes, fused } = layouts[layout]
  const [b, h, w, channels] = logits.shape as [number, number, number, number]
  const d = channels / anchors
  const split = { ...logits, shape: [b, h, w, anchors, d] }
  const moved = permuted(
    split,
    axes.map((axis) => labelAxes.indexOf(axis)),
  )
  if (!fused) return moved
  const at = axes.indexOf('a')
  return { ...moved, shape: [...moved.shape.slice(0, at), channels, ...moved.shape.slice(at + 2)] }
}

/** A case with its logits in another layout. */
export function caseIn(test: TestCase, layout: LayoutName, anchors: number): TestCase {
  const own = ({ name, tensor }: NamedTensor<AnyTensor>) => ({
    name,
    tensor: /^(grad_)?y_pred/.test(name) ? inLayout(tensor as Tensor, layout, anchors) : tensor,
  })
  const dataSets = test.dataSets.map(({ inputs, outputs, ...set }) => {
    return { ...set, inputs: inputs.map(own), outputs: outputs.map(own) }
  })
  return { ...test, dataSets }
}

/** The batch, the input size and the rows of boxes of a case, as the static form wants them. */
export function fixedSizes(test: TestCase): Partial<Pick<LossConfig, 'batch' | 'input' | 'maxBoxes'>> {
  const { inputs } = (test.dataSets as [DataSet])[0]
  const [coarsest] = inputs as unknown as [NamedTensor<AnyTensor>]
  const [b, h, w] = coarsest.tensor.shape as [number, number, number]
  const rows = inputs.find(({ name }) => name === 'boxes')?.tensor.shape[1]
  return { batch: b, input: [32 * h, 32 * w], ...(rows === undefined ? {} : { maxBoxes: rows }) }
}
