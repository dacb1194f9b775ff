import type { Tensor } from '../../../io/index.js'
import type { LossConfig } from '../../../yolo/index.js'
import type { Random } from './random.js'

/** The configuration a case is made for, as it stands in its `case.json`. */
export type FixtureConfig = Pick<LossConfig, 'anchors' | 'anchorMask' | 'classes' | 'ignoreThreshold'>

/** Data from outside the project, read only by the cases that need it. */
export interface Sources {
  /** Text of the COCO sample boxes. @throws Error saying where the file was looked for */
  coco(): string
}

/** The inputs of the loss, per scale and coarsest first. */
export interface Tensors {
  /** `[B,h,w,A·(5+C)]` */
  readonly logits: Tensor<'float32'>[]
  /** `[B,h,w,A,5+C]` */
  readonly labels: Tensor<'float32'>[]
}

export interface FixtureInputs extends Tensors {
  readonly notes?: string[]
  /** Where the numbers come from, as it stands in `case.json`. */
  readonly provenance: Record<string, unknown>
}

/** One input of the loss, with what it proves. */
export interface FixtureCase {
  /** Folder name, in kebab-case. */
  readonly name: string
  /** One line: what the case proves. */
  readonly title: string
  /** Numbers of the semantics it covers. */
  readonly semantics: readonly string[]
  readonly config: FixtureConfig
  readonly seed: number
  /** True where IoUs lie exactly on the threshold: masks must then agree everywhere. */
  readonly atThreshold?: boolean
  /** The same bytes on every call, with random numbers of its seed. */
  readonly make: (random: Random, sources: Sources) => FixtureInputs
}
