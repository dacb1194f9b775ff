import { dirname } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { type Command, InvalidArgumentError } from 'commander'
import type { Attached } from '../../attach/index.js'
import {
  attachLoss,
  checkTarget,
  detachLoss,
  keepsNoWeights,
  replaceLoss,
  trainingPlan,
  writeModel,
} from '../../attach/index.js'
import { type ExternalData, type HeadLayout, headLayouts, onDisk, openSource } from '../../detector/index.js'
import { chunksOf, type FileRange, printable, readArrays, readBytes } from '../../io/index.js'
import { ConfigError } from '../../yolo/index.js'
import { endable } from '../endable.js'
import { configFrom, refuseSources } from '../groups/config.js'
import { addFlags, flag, flagsOf, parted, type ValuesOf } from '../groups/flag.js'
import { addConfigFlags } from '../groups/lossflags.js'
import { optimizerFlag, refuseTrainFlags, type TrainFlags, trainFlags } from '../groups/trainflags.js'
import { attachStep, valuesBeside } from './attachstep.js'

const outputFlags = flagsOf(
  flag('-o, --output <file>', 'where to; - for stdout', { required: true }),
  flag('--copy-data', 'copy external data along when the target lies in another folder'),
  flag('--force', 'replace data files that are there already'),
)

const attachFlags = flagsOf(
  ...outputFlags,
  flag('--heads <names>', 'values that are the heads: a,b,c', { parse: (text) => text.split(',') }),
  flag('--head-layout <name>', 'order of the axes of the heads', { choices: headLayouts }),
  flag('--grids <list>', 'rows x columns of each scale, coarsest first, for flattened heads: 13x13,26x26', {
    parse: parseGrids,
  }),
  flag('--only-loss', "take the detector's own outputs away (detach puts them back)"),
  flag('--as-function', 'make the loss one node that calls a local function (IR version 8)'),
  flag('--rewrite-resize', 'rewrite nearest-neighbour Resize into operators that ORT training can differentiate'),
)

const detachFlags = flagsOf(
  ...outputFlags,
  flag('--weights <file.npz>', 'trained weights, for a training step; by default those it began with'),
)

type OutputFlags = ValuesOf<typeof outputFlags>
type DetachFlags = ValuesOf<typeof detachFlags>

/** With those flags of the configuration that concern the detector too. */
type AttachFlags = ValuesOf<typeof attachFlags> & {
  readonly for?: string
  /** The layout of the loss's own input is that of the heads. */
  readonly layout?: HeadLayout
  readonly opset?: number
}

const details = `
The heads are the outputs whose shape fits the configuration, or the values that --heads names, intermediate ones too;
the scale of each follows from its grid. The loss is written in the detector's own opset (11 to 22, the static form from
12 on). Nothing else of the detector changes: yolo-loss detach gives it back byte for byte. With --for ort-training the
initializers to train and to freeze are printed as JSON.
`

/** Adds `yolo-loss attach`, `detach` and `replace`. */
export function addAttach(program: Command): void {
  const attach = program
    .command('attach <detector>')
    .description('Put the loss behind a detector: its first output becomes its YOLO v3 loss.')
    .addHelpText('after', details)
  addConfigFlags(addFlags(addFlags(attach, attachFlags), [optimizerFlag, ...trainFlags])).action(attachOrTrain)
  const replace = program
    .command('replace <model>')
    .description('Swap an attached loss for one with another configuration, on the same heads.')
  addConfigFlags(addFlags(replace, attachFlags)).action(attachWith(replaceLoss))
  const detach = program
    .command('detach <model>')
    .description('Take an attached loss off again and give back the detector, byte for byte.')
  addFlags(detach, detachFlags).action(detachFrom)
}

type TrainingFlags = AttachFlags & TrainFlags & ValuesOf<readonly [typeof optimizerFlag]>

async function attachOrTrain(file: string, flags: TrainingFlags): Promise<void> {
  const [{ train: optimizer }, others] = parted(flags, [optimizerFlag])
  const [train, rest] = parted(others, trainFlags)
  if (optimizer === undefined) {
    refuseTrainFlags(train)
    return attachWith(attachLoss)(file, rest as AttachFlags)
  }
  const [own, configFlags] = parted(rest, attachFlags)
  const { config } = configFrom(configFlags)
  refuseSources([own.output], configFlags)
  const asked = rest as AttachFlags
  await attachStep(file, config, optimizer, { ...own, ...(asked.for !== undefined && { for: asked.for }) }, train)
}

function parseGrids(text: string): [number, number][] {
  return text.split(',').map((grid) => {
    const match = /^(\d+)x(\d+)$/.exec(grid.trim())
    if (!match) throw new InvalidArgumentError(`"${printable(grid)}" is no grid such as 13x13.`)
    return [Number(match[1]), Number(match[2])]
  })
}

const attachWith =
  (how: typeof attachLoss) =>
  async (file: string, flags: AttachFlags): Promise<void> => {
    const [{ output, headLayout = flags.layout, ...own }, configFlags] = parted(flags, attachFlags)
    const { config } = configFrom(configFlags)
    refuseSources([output], configFlags)
    if (output !== '-') checkTarget(file, output, [], own)
    if (output === '-' && flags.for !== undefined)
      throw new ConfigError('output', `is stdout, where --for ${flags.for} prints: name a file`)
    // Only attaching to a model leaves its weights alone.
    const whole = how !== attachLoss || flags.for !== undefined
    const source = whole ? { bytes: await readBytes(file), holes: [] } : await openSource(file)
    const place = { file, folder: dirname(file) }
    const asked = { ...own, ...(headLayout && { layout: headLayout }), ...place }
    const attached = endable(() => how(source.bytes, config, asked))
    if (flags.opset !== undefined && flags.opset !== attached.opset)
      throw new ConfigError('opset', `is ${flags.opset}, but the detector has ${attached.opset}; leave it out`)
    const written = await deliver(onDisk(attached.pieces, source, file), attached, file, flags)
    process.stderr.write(`${summary(attached, output, written).join('\n')}\n`)
    if (flags.for === undefined) return
    const plan = endable(() => trainingPlan(attached.bytes, place))
    process.stdout.write(`${JSON.stringify(plan, null, 2)}\n`)
  }

async function detachFrom(file: string, flags: DetachFlags): Promise<void> {
  if (flags.output !== '-') checkTarget(file, flags.output, [], flags)
  const bytes = await readBytes(file)
  const weights = await weightsFor(bytes, file, flags.weights)
  const detached = endable(() => detachLoss(bytes, { file, folder: dirname(file), ...(weights && { weights }) }))
  const written = await deliver([detached.bytes], detached, file, flags)
  process.stderr.write(`wrote ${printable(flags.output)} (${written})\n`)
}

/** The weights of a training step: those named, else those it began with, which lie beside it. */
async function weightsFor(bytes: Uint8Array, file: string, named: string | undefined) {
  const path = named ?? (keepsNoWeights(bytes, file) ? valuesBeside(file) : undefined)
  return path === undefined ? undefined : Object.fromEntries(await readArrays(path))
}

/** Writes a model, and tells its size. No hash of it: that would take as long as copying the weights. */
async function deliver(
  pieces: readonly (Uint8Array | FileRange)[],
  { external }: { readonly external: readonly ExternalData[] },
  source: string,
  flags: OutputFlags,
): Promise<string> {
  const { output } = flags
  if (output === '-' && external.length > 0)
    throw new ConfigError('output', 'is stdout, but the model has external data beside it')
  if (output === '-') await pipeline(copies(pieces), process.stdout, { end: false })
  else await writeModel(chunksOf(pieces), source, output, external, flags)
  const size = pieces.reduce((sum, p) => sum + (p instanceof Uint8Array ? p.length : p.end - p.start), 0)
  return `${size} bytes`
}

/** Chunks that stay as they are: a stream keeps them for a while. */
function* copies(pieces: readonly (Uint8Array | FileRange)[]): Generator<Uint8Array> {
  for (const chunk of chunksOf(pieces)) yield new Uint8Array(chunk)
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
