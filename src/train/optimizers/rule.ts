import type { Value } from '../../onnx/index.js'

export type V = Value<'float32'>

/** Numbers of an optimizer, in PyTorch's terms. */
export interface Settings {
  readonly momentum: number
  readonly betas: readonly [number, number]
  readonly epsilon: number
}

/** A parameter at one step. */
export interface Moment {
  readonly weight: V
  readonly gradient: V
  /** Learning rate of the step, rank 0. */
  readonly rate: V
  /** λ of the weight decay; 0 for a parameter that does not decay. */
  readonly decay: number
  /** What is remembered of the parameter, by the names the rule has for it. */
  readonly state: Readonly<Record<string, V>>
  /** 1 − βᵗ of each β at this step, the first being t = 1. */
  readonly corrections: readonly [() => V, () => V]
}

/** A parameter after a step, and what is to be remembered of it. */
export interface Stepped {
  readonly weight: V
  readonly state: Readonly<Record<string, V>>
}

/** How an optimizer moves a parameter. */
export interface UpdateRule {
  /** In the notation of the field: w weight, g gradient, r learning rate, λ weight decay. */
  readonly formula: string
  /** What it remembers of each parameter, zeros at first. */
  readonly remembers: readonly string[]
  readonly step: (at: Moment, settings: Settings) => Stepped
}
