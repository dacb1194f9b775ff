import { settle } from '../scene/settle.js'
import type { SceneConfig, Tensors } from '../scene/tensors.js'
import type { FixtureInputs } from './types.js'

/** The inputs of a case after `settle`, with what is said of them. */
export function settled(tensors: Tensors, config: SceneConfig, said: FixtureInputs['provenance']): FixtureInputs {
  const moved = settle(tensors, config)
  return { ...tensors, provenance: { ...said, moved } }
}
