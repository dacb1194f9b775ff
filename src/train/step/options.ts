import type { AttachOptions } from '../../attach/index.js'
import type { OptimizerName, Settings } from '../optimizers/rules.js'

/** How a detector is trained. */
export interface StepOptions
  extends Pick<AttachOptions, 'file' | 'folder' | 'heads' | 'layout' | 'grids' | 'onlyLoss'> {
  readonly optimizer: OptimizerName
  /** Numbers of the optimizer that differ from `defaultSettings`. */
  readonly settings?: Partial<Settings>
  /** λ of the weight decay, which biases and the scales of norms do not have; 0 by default. */
  readonly weightDecay?: number
  /** Largest L2 norm of all gradients together; longer ones are shortened to it. Off by default. */
  readonly clipNorm?: number
  /** Share of the old in an average of the weights that is carried along, below 1. Off by default. */
  readonly ema?: number
  /** Steps whose gradients are averaged before the weights move; 1 by default. */
  readonly accumulate?: number
  /** Patterns of names of parameters that stay as they are, `*` for any part. */
  readonly freeze?: readonly string[]
  /** Values or nodes above which everything stays as it is. */
  readonly freezeAbove?: readonly string[]
  /** Which parameters are trained at all; all by default. */
  readonly only?: 'heads'
  /** Seed of new heads, which take the place of those the detector has; by default those stay. */
  readonly newHeads?: number
  /** Whether batch norms take the statistics of the batch, or keep theirs; `train` by default. */
  readonly batchNorm?: 'train' | 'frozen'
  /** Steps of one run: images, labels and `rate` get a leading axis of so many. By default one, without that axis. */
  readonly stepsPerRun?: number
  /** Hand out `grad/NAME` in place of the next weights, and make the update a model of its own; false by default. */
  readonly gradientsOnly?: boolean
  /** Keep the initial values in the model, as defaults of its inputs; false by default. */
  readonly oneFile?: boolean
}

/** As torch.optim has them, with the momentum of Darknet. */
export const defaultSettings: Settings = { momentum: 0.9, betas: [0.9, 0.999], epsilon: 1e-8 }
