import { encodeModel } from '../../../onnx/index.js'
import { Answers } from '../../../verify/index.js'
import { type LossConfig, lossModel } from '../../../yolo/index.js'
import type { LiveBatch } from './batch.js'

/** The graph of a configuration with its loss alone: a page needs no further outputs. */
export const graphOf = (config: LossConfig): Uint8Array =>
  encodeModel(
    lossModel({ ...config, components: false, masks: false, diagnostics: false, gradients: false, lossRank: 0 }),
  )

/** Which graphs are the same one. */
export const graphKey = (config: LossConfig): string => JSON.stringify(config)

/** The loss of the reference, and how far a graph may be off it. */
export interface Expected {
  readonly loss: number
  readonly tolerance: number
}

/** @throws RangeError for tensors that do not suit the configuration */
export function expected({ config, feeds }: LiveBatch): Expected {
  const answers = Answers.of(config, feeds)
  const answer = answers?.of('loss')
  if (!answers || !answer) throw new RangeError('the arrays do not suit the configuration')
  const loss = total(answer.values)
  return { loss, tolerance: answers.relative * Math.abs(loss) + total(answer.slack ?? []) }
}

/** The sum over a loss of each image, or the one loss. */
export const total = (values: ArrayLike<number>): number => Array.from(values).reduce((sum, x) => sum + x, 0)
