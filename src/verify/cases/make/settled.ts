import { cellsNearThreshold, settle } from '../scene/settle.js'
import type { SceneConfig, Tensors } from '../scene/tensors.js'
import type { FixtureInputs } from './types.js'

/** The inputs of a case after `settle`, with what is said of them. */
export function settled(tensors: Tensors, config: SceneConfig, said: FixtureInputs['provenance']): FixtureInputs {
  const moved = settle(tensors, config)
  const near = cellsNearThreshold(tensors, config).size
  if (near > 0) throw new Error(`${near} cells stay near the threshold ${config.ignoreThreshold}`)
  return { ...tensors, provenance: { ...said, moved } }
}
