import type { Real, Tensor } from '../../../src/io/tensor.js'
import type { SemanticsInput } from '../../../src/reference/semantics/cells/input.js'
import type { ConfigInput } from '../../../src/yolo/config/config.js'
import type { FormName } from '../../../src/yolo/config/forms.js'
import { type Batch, batches } from '../../others/semantics/batches.js'

/** The batches on which other programs run too. */
export const allBatches = (): Promise<Batch[]> => batches('fixtures')

/** The configuration of a loss from the boxes of a batch. */
export function configOf({ config, size, boxes }: Batch, form: FormName, more: ConfigInput = {}): ConfigInput {
  const [batch, maxBoxes] = boxes.shape
  const fixed = form === 'static' ? { batch, maxBoxes, input: size } : {}
  return { ...config, labels: 'boxes', form, ...fixed, ...more }
}

/** What the reference computes from. */
export const inputOf = ({ config, logits, boxes }: Batch): SemanticsInput => ({ ...config, logits, labels: boxes })

/** Numbers in an element type. */
const as = <D extends Real>(dtype: D, { shape, data }: Tensor<'float32'>): Tensor =>
  dtype === 'float64' ? { dtype: 'float64', shape, data: Float64Array.from(data) } : { dtype: 'float32', shape, data }

/** Inputs of the graph. */
export const feedsOf = ({ logits, boxes }: Batch, dtype: Real): Record<string, Tensor> => ({
  ...Object.fromEntries(logits.map((t, l) => [`y_pred_${l}`, as(dtype, t)])),
  boxes,
})
