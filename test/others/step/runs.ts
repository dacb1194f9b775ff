import type { StepOptions } from '../../../src/train/step/options.js'

/** Runs of steps that torch.optim is to follow. */
export interface Run {
  readonly options: StepOptions
  readonly steps: number
  readonly rate: number
}

const steps = 20

export const runs: Readonly<Record<string, Run>> = {
  sgd: { options: { optimizer: 'sgd', weightDecay: 5e-4 }, steps, rate: 1e-5 },
  clipped: { options: { optimizer: 'sgd', clipNorm: 10 }, steps, rate: 1e-4 },
  adam: { options: { optimizer: 'adam', weightDecay: 5e-4 }, steps, rate: 1e-5 },
  adamw: { options: { optimizer: 'adamw', weightDecay: 0.05, accumulate: 2, ema: 0.9 }, steps, rate: 1e-5 },
}
