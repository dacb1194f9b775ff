import type { Random } from '../../../io/index.js'
import type { SceneConfig, Tensors } from '../scene/tensors.js'

/** Data from outside the project, read only by the cases that need it. */
export interface Sources {
  /** Text of the COCO sample boxes. @throws Error saying where the file was looked for */
  coco(): string
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
  /** As it stands in its `case.json`. */
  readonly config: SceneConfig
  readonly seed: number
  /** True where IoUs lie exactly on the threshold: masks must then agree everywhere. */
  readonly atThreshold?: boolean
  /** The same bytes on every call, with random numbers of its seed. */
  readonly make: (random: Random, sources: Sources) => FixtureInputs
}
