import { type Check, expectArguments, must, refuse } from '../io/index.js'
import {
  type GradientOptions,
  type OracleInput,
  type OracleResult,
  type ScaleGradient,
  yoloLoss,
  yoloLossGradients,
} from '../reference/index.js'
import { expectConfig } from '../yolo/index.js'

const isNumbers = (x: unknown): boolean => x instanceof Float32Array || x instanceof Float64Array
const shape = must.list(must.whole(0))
const grids: Check = must.list(
  must.having({ shape, data: { what: 'a Float32Array or Float64Array', fits: isNumbers } }),
)
const terms = must.options({ xy: must.number, wh: must.number, conf: must.number, class: must.number })
const ofGradients = must.options({
  weights: terms,
  divisor: must.number,
  masks: must.list({ what: 'a Uint8Array', fits: (x) => x instanceof Uint8Array }),
})

/** The reference knows no errors but those of its language. */
function asked<T>(door: string, input: OracleInput, options: GradientOptions, answer: () => T): T {
  expectArguments(
    door,
    { input: must.having({ logits: grids, labels: grids }), options: ofGradients },
    { input, options },
  )
  expectConfig(input, ['anchors', 'anchorMask', 'classes', 'ignoreThreshold'])
  try {
    return answer()
  } catch (error) {
    if (error instanceof RangeError)
      refuse('E_SHAPE', door, error.message, 'shapes follow from the configuration', error)
    throw error
  }
}

/**
 * The YOLO v3 loss in float64, by plain loops over the formulas (`yolo_loss` of keras-yolo3).
 *
 *     L = Σ_l (xy_l + wh_l + conf_l + cls_l),   each the sum over everything divided by the batch
 *
 * @param input the configuration, and per scale logits `[B,h,w,A·(5+C)]` and labels `[B,h,w,A,5+C]`
 * @throws InputError for arguments of another kind, and for shapes that contradict the configuration; ConfigError
 */
export const referenceLoss = (input: OracleInput): OracleResult =>
  asked('referenceLoss', input, {}, () => yoloLoss(input))

/**
 * The gradient of the YOLO v3 loss by the logits in float64, by plain loops over the closed forms.
 * @throws InputError, ConfigError as `referenceLoss`
 */
export const referenceGradients = (input: OracleInput, options: GradientOptions = {}): ScaleGradient[] =>
  asked('referenceGradients', input, options, () => yoloLossGradients(input, options))
