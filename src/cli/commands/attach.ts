import { dirname } from 'node:path'
import type { Command } from 'commander'
import type { Attached } from '../../attach/index.js'
import { attachLoss, checkTarget, replaceLoss, trainingPlan } from '../../attach/index.js'
import { type DetectorHead, type HeadLayout, headLayouts, onDisk, openSource } from '../../detector/index.js'
import { printable, readBytes } from '../../io/index.js'
import { notesOnDtype } from '../../notes/index.js'
import { ConfigError } from '../../yolo/index.js'
import { deliver } from '../data/deliver.js'
import { configForHeads } from '../data/headconfig.js'
import { updateBeside, valuesBeside } from '../data/values.js'
import { endable } from '../endable.js'
import { refuseSources } from '../groups/config.js'
import { addFlags, flag, flagsOf, grouped, parted, type ValuesOf } from '../groups/flag.js'
import { examples } from '../groups/help.js'
import { addConfigFlags } from '../groups/lossflags.js'
import { outputFlags } from '../groups/output.js'
import { parseGrids } from '../groups/parse.js'
import { jsonReport, stdoutTaken } from '../groups/report.js'
import { refuseTrainFlags, stepOptions, trainingFlags } from '../groups/trainflags.js'
import type { Shell } from '../shell.js'
import { attachStep } from './attachstep.js'

const attachFlags = flagsOf(
  ...outputFlags,
  ...grouped(
    'The detector and its heads',
    flag('--heads <names>', 'values that are the heads: a,b,c', { parse: (text) => text.split(',') }),
    flag('--head-layout <name>', 'order of the axes of the heads', { choices: headLayouts }),
    flag('--grids <list>', 'rows x columns of each scale, coarsest first, for flattened heads: 13x13,26x26', {
      parse: parseGrids,
    }),
    flag('--only-loss', "take the detector's own outputs away (detach puts them back)"),
    flag('--as-function', 'make the loss one node that calls a local function (IR version 8)'),
    flag('--rewrite-resize', 'rewrite nearest-neighbour Resize into operators that ORT training can differentiate'),
  ),
)

/** With those flags of the configuration that concern the detector too. */
type AttachFlags = ValuesOf<typeof attachFlags> & {
  readonly for?: string
  /** The layout of the loss's own input is that of the heads. */
  readonly layout?: HeadLayout
  readonly opset?: number
  readonly dtype?: string
}

const details = `
The heads are the outputs whose shape fits the configuration, or the values that --heads names, intermediate ones too;
the scale of each follows from its grid. The loss is written in the detector's own opset (11 to 25, the static form from
12 on). Nothing else of the detector changes: yolo-loss detach gives it back byte for byte. With --for ort-training the
initializers to train and to freeze are printed as JSON.
${examples('attach detector.onnx --preset yolov3-coco -o trainable.onnx', 'attach detector.onnx --config my.json --heads a,b,c -o trainable.onnx')}`

/** What the detector decides, and what of it a loss can be attached as. */
const decidedByDetector = ['graph', 'opset']

/** Adds `yolo-loss attach` and `replace`. */
export function addAttach(program: Command, shell: Shell): void {
  const attach = program
    .command('attach <detector>')
    .description('Put the loss behind a detector: its first output becomes its YOLO v3 loss.')
    .addHelpText('after', details)
  addConfigFlags(addFlags(addFlags(attach, attachFlags), trainingFlags), decidedByDetector).action(
    (file: string, flags: TrainingFlags) => attachOrTrain(file, flags, shell),
  )
  const replace = program
    .command('replace <model>')
    .description('Swap an attached loss for one with another configuration, on the same heads.')
    .addHelpText('after', examples('replace trainable.onnx --preset yolov3-coco --gradients -o other.onnx'))
  addConfigFlags(addFlags(replace, attachFlags), decidedByDetector).action(attachWith(replaceLoss, shell))
}

type TrainingFlags = AttachFlags & ValuesOf<typeof trainingFlags>

async function attachOrTrain(file: string, flags: TrainingFlags, shell: Shell): Promise<void> {
  const [{ train: optimizer, ...train }, rest] = parted(flags, trainingFlags)
  if (optimizer === undefined) {
    refuseTrainFlags(train)
    return attachWith(attachLoss, shell)(file, rest as AttachFlags)
  }
  const [own, configFlags] = parted(rest, attachFlags)
  const asked = rest as AttachFlags
  const headLayout = own.headLayout ?? asked.layout
  const { config, notes } = await configForHeads(configFlags, file, {
    ...own,
    ...(headLayout && { layout: headLayout }),
    newHeads: train.newHeads,
  })
  shell.tell(notes)
  refuseSources([own.output, valuesBeside(own.output), updateBeside(own.output)], configFlags)
  const given = {
    ...own,
    ...(headLayout && { headLayout }),
    ...(asked.for !== undefined && { for: asked.for }),
    ...(asked.dtype !== undefined && { dtype: asked.dtype }),
  }
  await attachStep(file, config, stepOptions(optimizer, train), given, shell)
}

const attachWith =
  (how: typeof attachLoss, shell: Shell) =>
  async (file: string, flags: AttachFlags): Promise<void> => {
    const [{ output, headLayout = flags.layout, ...own }, configFlags] = parted(flags, attachFlags)
    const heads = { ...own, ...(headLayout && { layout: headLayout }) }
    const { config, notes } = await configForHeads(configFlags, file, heads)
    shell.tell(notes)
    refuseSources([output], configFlags)
    if (output !== '-') checkTarget(file, output, [], own)
    else if (flags.json) throw stdoutTaken('--json')
    const trains = flags.for === 'ort-training'
    if (output === '-' && trains)
      throw new ConfigError('output', `is stdout, where --for ${flags.for} prints: name a file`)
    // Only attaching to a model leaves its weights alone.
    const whole = how !== attachLoss || trains
    const source = whole ? { bytes: await readBytes(file), holes: [] } : await openSource(file)
    const place = { file, folder: dirname(file) }
    const { copyData, force, json, ...asked } = { ...heads, ...place }
    const attached = endable(() => how(source.bytes, config, asked))
    if (flags.opset !== undefined && flags.opset !== attached.opset)
      throw new ConfigError('opset', `is ${flags.opset}, but the detector has ${attached.opset}; leave it out`)
    const [{ dtype }] = attached.heads as [DetectorHead]
    shell.tell(notesOnDtype({ asked: flags.dtype, heads: dtype }))
    shell.tell(attached.notes)
    const written = await deliver(onDisk(attached.pieces, source, file), attached, file, flags)
    shell.note(summary(attached, output, `${written} bytes`).join('\n'))
    const plan = trains ? endable(() => trainingPlan(attached.bytes, place)) : undefined
    if (flags.json)
      process.stdout.write(jsonReport({ ...reportOf(attached, output, written, plan), notes: shell.notes }))
    else if (plan) process.stdout.write(`${JSON.stringify(plan, null, 2)}\n`)
  }

/** The same as `summary` for programs. */
function reportOf(attached: Attached, file: string, bytes: number, training: object | undefined): object {
  const { heads, opset, nodes, inputs, outputs, renamed } = attached
  return {
    file,
    bytes,
    opset,
    nodesAdded: nodes,
    heads,
    inputs,
    outputs,
    renamed: Object.fromEntries(renamed),
    training,
  }
}

function summary(
  { heads, opset, nodes, inputs, outputs, renamed }: Attached,
  output: string,
  written: string,
): string[] {
  const names = (list: readonly string[]) => list.map(printable).join(', ')
  return [
    `wrote ${printable(output)} (opset ${opset}, ${nodes} nodes added, ${written})`,
    ...heads.map(({ name, layout, shape, grid }, l) => {
      const sizes = [grid.h, grid.w].map((d) => (d === '' ? '?' : d)).join('×')
      return `  scale ${l}: ${printable(name)} [${shape.map((d) => (d === '' ? '?' : d))}], ${layout}, grid ${sizes}`
    }),
    `  new inputs: ${names(inputs)}`,
    `  new outputs: ${names(outputs)}`,
    ...[...renamed].map(([from, to]) => `  ${printable(from)} is taken: ours is ${printable(to)}`),
  ]
}
