import { QuickRandom, type Random } from '../../../io/index.js'
import type { ModelInfo } from '../../../onnx/index.js'
import type { LossConfig } from '../../../yolo/index.js'
import { detectQuickly } from '../scene/detector.js'
import { zeros } from '../scene/rows.js'
import { settle } from '../scene/settle.js'
import type { Tensors } from '../scene/tensors.js'
import { boxCases } from './boxes/boxcases.js'
import { Canvas } from './canvas.js'
import { inputsOf, roughened, rounding, type SetMaker } from './case.js'
import { numbersOf, type Plan, plansFor, type Space, spaceOf } from './plan.js'

export interface GenerateOptions {
  /** Of the random numbers; equal seeds give equal cases. Default 0. */
  readonly seed?: number
  /** Large batches also where they take long. */
  readonly thorough?: boolean
}

/** One batch of a plan, painted with the random numbers of a seed. */
export function setMaker(name: string, plan: Plan, seed: number, space: Space, config: LossConfig): SetMaker {
  const make = () => ({
    name,
    inputs: inputsOf(paint(plan, space, config, new QuickRandom(seed)), config),
    outputs: [],
  })
  return { name, numbers: 2 * plan.ideas.length * numbersOf(plan.size, config), make }
}

/** Hard cases for one graph: inputs only, what is expected of them the reference computes. */
export function generatedCases(info: ModelInfo, config: LossConfig, options: GenerateOptions = {}): SetMaker[] {
  const { seed = 0, thorough } = options
  if (config.labels !== 'dense') return boxCases(info, config, seed)
  const space = spaceOf(info, config)
  return plansFor(space, config, thorough).map((plan, i) =>
    setMaker(`generated-${seed}/${plan.name}`, plan, seed * 1009 + i + 1, space, config),
  )
}

/** Paints every image, lets a half-trained detector see the labels, and moves predictions that nobody can tell off θ. */
export function paint(
  { size, ideas }: Plan,
  { limit }: Pick<Space, 'limit'>,
  config: LossConfig,
  random: Random,
): Tensors {
  const tensors = zeros(config, ideas.length, size)
  const round = rounding(config)
  const finish = ideas.map((idea, image) => idea.paint(new Canvas(tensors, config, size, image, random, limit, round)))
  if (!ideas.every(({ whole }) => whole)) detectQuickly(tensors, config, random)
  roughened(tensors, round)
  for (const write of finish) write()
  settle(tensors, config, round)
  return tensors
}
