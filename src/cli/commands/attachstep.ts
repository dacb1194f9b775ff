import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { checkTarget } from '../../attach/index.js'
import type { HeadLayout } from '../../detector/index.js'
import { chunksOf, encodeNpz, printable, readBytes, writeBeside } from '../../io/index.js'
import { notesOnDtype } from '../../notes/index.js'
import { type StepOptions, type TrainingStep, trainingStep } from '../../train/index.js'
import { ConfigError, type LossConfig } from '../../yolo/index.js'
import { updateBeside, valuesBeside } from '../data/values.js'
import { endable } from '../endable.js'
import { refuseOverwriting } from '../groups/overwriting.js'
import { jsonReport } from '../groups/report.js'
import type { Shell } from '../shell.js'

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
  readonly dtype?: string
  readonly json?: boolean
  /** Replace the values beside an old step. */
  readonly force?: boolean
}

function refuseOthers({ output, asFunction, rewriteResize, ...others }: StepFlags): void {
  if (output === '-') throw new ConfigError('output', 'is stdout, but a step is two files: name a file')
  if (asFunction) throw new ConfigError('asFunction', 'hides nodes, of which --train derives: leave one of them out')
  if (rewriteResize) throw new ConfigError('rewriteResize', 'is not needed with --train: leave it out')
  if (others.for !== undefined)
    throw new ConfigError(
      'for',
      `is ${others.for}, but a training step is for any runtime and derives by itself: leave it or --train out`,
    )
}

/** `yolo-loss attach --train`: writes the step, and what it begins with beside it. */
export async function attachStep(
  file: string,
  config: LossConfig,
  how: StepOptions,
  flags: StepFlags,
  shell: Shell,
): Promise<void> {
  refuseOthers(flags)
  const { output, headLayout, heads, grids, onlyLoss } = flags
  checkTarget(file, output, [], {})
  const values = valuesBeside(output)
  refuseOverwriting(
    { output: [values, ...(how.gradientsOnly ? [updateBeside(output)] : [])] },
    { 'the detector': file },
  )
  if (!flags.force && existsSync(values))
    throw new ConfigError(
      'output',
      `has ${values} beside it, where trained weights may be: use --force, or name another`,
    )
  const place = { file, folder: dirname(file) }
  const asked = { ...(heads && { heads }), ...(headLayout && { layout: headLayout }), ...(grids && { grids }) }
  const bytes = await readBytes(file)
  const step = endable(() => trainingStep(bytes, config, { ...how, ...place, ...asked, ...(onlyLoss && { onlyLoss }) }))
  shell.tell([...notesOnDtype({ asked: flags.dtype, heads: 'float32' }), ...step.notes])
  const written = await write(step, output)
  shell.note(summary(step, written).join('\n'))
  if (flags.json) process.stdout.write(jsonReport({ ...reportOf(step, written), notes: shell.notes }))
}

/** The files of a step, and their bytes. */
interface Written {
  readonly file: string
  readonly bytes: number
  readonly values: string
  readonly valueBytes: number
  /** Of a step that hands out its gradients. */
  readonly update?: string
  readonly updateBytes?: number
}

async function write(step: TrainingStep, file: string): Promise<Written> {
  const [values, update] = [valuesBeside(file), updateBeside(file)]
  const archive = await encodeNpz(step.initial())
  await writeBeside(file, async (to) => {
    await to.write(values, archive)
    if (step.update) await to.write(update, [step.update.bytes])
    await to.write(file, chunksOf(step.pieces))
  })
  const bytes = step.pieces.reduce((sum, p) => sum + p.length, 0)
  const apart = step.update && { update, updateBytes: step.update.bytes.length }
  return { file, bytes, values, valueBytes: archive.length, ...apart }
}

function summary(step: TrainingStep, { file, bytes, values, valueBytes, update, updateBytes }: Written): string[] {
  const { heads, opset, nodes, parameters, statistics, trained, renewed } = step
  return [
    `wrote ${printable(file)} (opset ${opset}, ${nodes} nodes added, ${bytes} bytes)`,
    `wrote ${printable(values)} (what it begins with, ${valueBytes} bytes)`,
    ...(update ? [`wrote ${printable(update)} (the update, ${updateBytes} bytes)`] : []),
    ...heads.map(({ name, shape }, l) => `  scale ${l}: ${printable(name)} [${shape}]`),
    ...renewed.map(({ name, channels: [had, has] }) => `  new head ${printable(name)}: ${has} channels, had ${had}`),
    `  trains ${parameters.length} parameters, ${trained} numbers; carries ${statistics.length} running statistics`,
  ]
}

/** The same for programs. */
function reportOf(
  { heads, opset, nodes, parameters, statistics, trained, inputs, outputs, renewed }: TrainingStep,
  to: Written,
) {
  return { ...to, opset, nodesAdded: nodes, heads, parameters, statistics, trained, inputs, outputs, renewed }
}
