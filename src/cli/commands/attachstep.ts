import { dirname } from 'node:path'
import { checkTarget } from '../../attach/index.js'
import type { HeadLayout } from '../../detector/index.js'
import { chunksOf, encodeNpz, printable, readBytes, writeBeside } from '../../io/index.js'
import { type OptimizerName, type TrainingStep, trainingStep } from '../../train/index.js'
import { ConfigError, type LossConfig } from '../../yolo/index.js'
import { endable } from '../endable.js'
import { stepOptions, type TrainFlags } from '../groups/trainflags.js'

/** Flags of attaching that a step knows, too. */
export interface StepFlags {
  readonly output: string
  readonly heads?: readonly string[]
  readonly headLayout?: HeadLayout
  readonly grids?: readonly (readonly [number, number])[]
  readonly onlyLoss?: boolean
  readonly asFunction?: boolean
  readonly rewriteResize?: boolean
  readonly for?: string
}

/** Where the initial values of a step lie. */
export const valuesBeside = (model: string): string => `${model.replace(/\.onnx$/i, '')}.npz`

function refuseOthers({ output, asFunction, rewriteResize, ...others }: StepFlags): void {
  if (output === '-') throw new ConfigError('output', 'is stdout, but a step is two files: name a file')
  if (asFunction) throw new ConfigError('asFunction', 'hides nodes, of which --train derives: leave one of them out')
  if (rewriteResize) throw new ConfigError('rewriteResize', 'is not needed with --train: leave it out')
  if (others.for !== undefined)
    throw new ConfigError('for', `is ${others.for}, whose trainer derives by itself: leave it or --train out`)
}

/** `yolo-loss attach --train`: writes the step, and what it begins with beside it. */
export async function attachStep(
  file: string,
  config: LossConfig,
  optimizer: OptimizerName,
  flags: StepFlags,
  train: TrainFlags,
): Promise<void> {
  refuseOthers(flags)
  const { output, headLayout, heads, grids, onlyLoss } = flags
  checkTarget(file, output, [], {})
  const place = { file, folder: dirname(file) }
  const asked = { ...(heads && { heads }), ...(headLayout && { layout: headLayout }), ...(grids && { grids }) }
  const options = { ...stepOptions(optimizer, train), ...place, ...asked, ...(onlyLoss && { onlyLoss }) }
  const bytes = await readBytes(file)
  const step = endable(() => trainingStep(bytes, config, options))
  const values = valuesBeside(output)
  const named = Object.entries(step.initial()).map(([name, tensor]) => ({ name, tensor }))
  const archive = await encodeNpz(named)
  await writeBeside(output, async ({ write }) => {
    await write(values, archive)
    await write(output, chunksOf(step.pieces))
  })
  process.stderr.write(`${summary(step, output, values, archive.length).join('\n')}\n`)
}

function summary(step: TrainingStep, output: string, values: string, size: number): string[] {
  const { heads, opset, nodes, parameters, statistics, pieces, notes } = step
  const bytes = pieces.reduce((sum, p) => sum + p.length, 0)
  return [
    `wrote ${printable(output)} (opset ${opset}, ${nodes} nodes added, ${bytes} bytes)`,
    `wrote ${printable(values)} (what it begins with, ${size} bytes)`,
    ...heads.map(({ name, shape }, l) => `  scale ${l}: ${printable(name)} [${shape}]`),
    `  trains ${parameters.length} parameters, ${step.trained} numbers; carries ${statistics.length} running statistics`,
    ...notes.map((note) => `  note: ${note}`),
  ]
}
