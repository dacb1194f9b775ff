import { QuickRandom, type Random } from '../../../io/index.js'
import type { ModelInfo } from '../../../onnx/index.js'
import { coarsestStride, type LossConfig } from '../../../yolo/index.js'
import { randomBoxCases } from './boxes/boxcases.js'
import type { SetMaker } from './case.js'
import { setMaker } from './generate.js'
import { scene } from './ideas/boxes.js'
import { empty, untrained } from './ideas/traps.js'
import { type Plan, type Space, spaceOf } from './plan.js'

/** Largest grid and batch of a random scene whose sizes are open. */
const [mostCells, mostImages] = [6, 6]

/** A batch of random size; some images are empty, and some detectors have learnt nothing. */
function randomPlan(random: Random, { batch, height, width }: Space): Plan {
  const pixels = () => coarsestStride * random.integer(1, mostCells)
  const images = batch ?? random.integer(1, mostImages)
  const ideas = Array.from({ length: images }, () => {
    const chance = random.uniform()
    return chance < 0.15 ? empty : chance < 0.3 ? untrained(random.normal(0, 2)) : scene
  })
  return { name: 'random', size: [height ?? pixels(), width ?? pixels()], ideas }
}

/** So many random scenes for a graph, of random sizes where those are open. */
export function randomCases(info: ModelInfo, config: LossConfig, count: number, seed = 0): SetMaker[] {
  if (config.labels !== 'dense') return randomBoxCases(info, config, count, seed)
  const space = spaceOf(info, config)
  return Array.from({ length: count }, (_, i) => {
    const own = seed * 7919 + i + 1
    return setMaker(`random/${seed}-${i}`, randomPlan(new QuickRandom(~own), space), own, space, config)
  })
}
