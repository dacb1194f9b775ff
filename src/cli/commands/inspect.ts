import { type Command, InvalidArgumentError, Option } from 'commander'
import { printable, quoted, readBytes, refuse } from '../../io/index.js'
import type { Note } from '../../notes/index.js'
import type { ModelInfo, ModelNode, ModelValue } from '../../onnx/index.js'
import { encodeModel, printModel, readModel } from '../../onnx/index.js'
import { describeStep, type StepDescription } from '../../train/index.js'
import { configKey, groupBy } from '../../verify/index.js'
import type { LossConfig, RunSize } from '../../yolo/index.js'
import { ConfigError, estimateMemory, isUsual, lossModel, resolveConfig } from '../../yolo/index.js'
import { graphNotes } from '../data/datanotes.js'
import { mebibytes } from '../data/mebibytes.js'
import { endable } from '../endable.js'
import { configFrom } from '../groups/config.js'
import { addFlags, flag, grouped, parted, type ValuesOf } from '../groups/flag.js'
import { examples } from '../groups/help.js'
import { addConfigFlags } from '../groups/lossflags.js'
import { parseCount } from '../groups/parse.js'
import { json } from '../groups/run.js'
import type { Shell } from '../shell.js'
import { stepLines, stepMemory } from './inspectstep.js'

const flags = grouped(
  'Reporting',
  flag('--boxes-per-image <n>', 'boxes of each image, for the memory estimate', { parse: parseCount, default: 20 }),
  flag('-a, --all', 'of a model that is no graph of this library too: inputs, outputs and operators'),
  flag('--text', 'the text form of the graph, and nothing else'),
  json('the text'),
)

type InspectFlags = ValuesOf<typeof flags> & Partial<RunSize>

/** What inspect tells of a graph. */
interface Inspection {
  readonly file: string
  readonly bytes: Uint8Array
  readonly info: ModelInfo
  /** The configuration, if the graph says so. */
  readonly config?: LossConfig
  /** Of a training step. */
  readonly step?: StepDescription
  /** Where each value of the configuration comes from. */
  readonly origins: Readonly<Record<string, string>>
  readonly notes: readonly Note[]
}

const details = `
With a graph: what is in it; its configuration comes from its metadata. Of a model that has none, one line says so, and
--all the rest. Of a training step: what it trains, and what goes along. Without a graph: the one that the flags give, and for each value the flag, file or preset it comes from.

The memory estimate is for --batch, --input (default 416x416) and --boxes-per-image; it leaves out the process and
the loaded runtime, and was within a factor of 2 of what runs took (see the source, src/yolo/memory.ts).
${examples('inspect loss.onnx', 'inspect --preset yolov3-coco --batch 16 --input 608x608', 'inspect detector.onnx --all')}`

/** Adds `yolo-loss inspect`. */
export function addInspect(program: Command, shell: Shell): void {
  const command = program
    .command('inspect [graph]')
    .description('Show inputs, outputs, configuration, operators and memory of a graph.')
    .addHelpText('after', details)
  command.addOption(formerly('--boxes <n>', '--boxes-per-image'))
  addConfigFlags(addFlags(command, flags)).action(async (file: string | undefined, given: InspectFlags) => {
    const [{ text, json, all }, rest] = parted(given, flags)
    const found = file === undefined ? fromFlags(rest) : await fromFile(file, rest)
    shell.tell(found.notes)
    if (text) return void process.stdout.write(endable(() => textOf(found)))
    const lines = found.config || all ? describe(found, given) : [foreign(found)]
    process.stdout.write(json ? toJson(found, given) : `${lines.join('\n')}\n`)
  })
}

/** A flag that has another name now. */
const formerly = (spelling: string, now: string): Option =>
  new Option(spelling).hideHelp().argParser(() => {
    throw new InvalidArgumentError(`It is called ${now} now.`)
  })

/** The graph of a configuration that is not exported yet. */
function fromFlags(flags: Readonly<Record<string, unknown>>): Inspection {
  const { config, origins, notes } = configFrom(flags)
  const bytes = encodeModel(lossModel(config))
  return { file: 'the graph of these flags', bytes, info: readModel(bytes, 'graph'), config, origins, notes }
}

async function fromFile(file: string, flags: Readonly<Record<string, unknown>>): Promise<Inspection> {
  const { batch: _, input: __, ...others } = flags
  const [given] = Object.entries(others).filter(([, value]) => value !== undefined)
  if (given) throw new ConfigError(given[0], 'is given beside a graph, which has its configuration already')
  const bytes = await readBytes(file)
  const info = endable(() => readModel(bytes, file))
  const config = storedConfig(info, file)
  const origins = Object.fromEntries(Object.keys(config ?? {}).map((key) => [key, 'metadata']))
  const step = endable(() => describeStep(info, file))
  const about = { ...(config && { config }), ...(step && { step }) }
  return { file, bytes, info, origins, notes: graphNotes(file, config), ...about }
}

/** @throws InputError for a configuration that this version does not understand */
function storedConfig({ metadata }: ModelInfo, file: string): LossConfig | undefined {
  const text = metadata.get(configKey)
  if (text === undefined) return undefined
  try {
    return resolveConfig(JSON.parse(text))
  } catch (error) {
    const what = `metadata ${quoted(configKey)} is no configuration: ${(error as Error).message}`
    return refuse('E_METADATA', file, what, 'export the graph again', error)
  }
}

const typeOf = ({ dtype, shape }: ModelValue): string =>
  `${dtype}[${shape?.map((d) => (d === '' ? '?' : printable(String(d)))).join(',') ?? '…'}]`

const valuesOf = (kind: string, list: readonly ModelValue[]): string[] => [
  `${kind}:`,
  ...list.map((v) => `  ${printable(v.name)} ${typeOf(v)}`),
]

/** How often each operator occurs, most frequent first. */
function operatorsOf(nodes: readonly ModelNode[]): [op: string, count: number][] {
  const ours = ['', 'ai.onnx']
  const named = groupBy(nodes, ({ domain, op }) => (ours.includes(domain) ? op : `${domain}::${op}`))
  const counts = [...named].map(([name, { length }]) => [name, length] as [string, number])
  return counts.sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
}

/** What the estimate is for: fixed sizes of the graph, else those asked for. */
const runSize = (config: LossConfig, { batch, input, boxesPerImage }: InspectFlags): RunSize => ({
  batch: config.batch ?? batch ?? 1,
  input: config.input ?? input ?? [416, 416],
  boxes: boxesPerImage,
})

function memoryLines(config: LossConfig, flags: InspectFlags): string[] {
  if (!isUsual(config)) return []
  const size = runSize(config, flags)
  const { inputs, work } = estimateMemory(config, size)
  const what = `batch ${size.batch}, ${size.input.join('×')}, ${size.boxes} boxes an image`
  return [
    '',
    `memory of the loss, about (${what}):`,
    `  inputs ${mebibytes(inputs)}, work ${mebibytes(work)}, together ${mebibytes(inputs + work)}`,
  ]
}

const opsetsOf = ({ opsets }: ModelInfo): string =>
  [...opsets].map(([domain, version]) => `${printable(domain || 'ai.onnx')} ${version}`).join(', ')

const many = (list: readonly unknown[], noun: string): string => `${list.length} ${noun}${list.length === 1 ? '' : 's'}`

/** A model that is no graph of this library, in one line. */
function foreign({ file, info }: Inspection): string {
  const counts = [many(info.nodes, 'node'), many(info.inputs, 'input'), many(info.outputs, 'output')].join(', ')
  return `${printable(file)}: no loss of this library, by its metadata: opset ${opsetsOf(info)}, ${counts} (--all lists them)`
}

function describe({ file, bytes, info, config, origins, step }: Inspection, flags: InspectFlags): string[] {
  const producer = printable(`${info.producer.name} ${info.producer.version}`.trim() || 'unknown')
  const operators = operatorsOf(info.nodes).map(([op, count]) => `${printable(op)} ${count}`)
  return [
    `${printable(file)}: opset ${opsetsOf(info)}, IR ${info.irVersion}, ${bytes.length} bytes, by ${producer}`,
    '',
    ...valuesOf('inputs', step?.inputs ?? info.inputs),
    ...valuesOf('outputs', step?.outputs ?? info.outputs),
    ...(step ? stepLines(step) : []),
    '',
    ...(config
      ? configLines(config, origins)
      : ['configuration: none in its metadata; it is no graph of this library']),
    '',
    `operators: ${info.nodes.length} nodes, those in loops not counted`,
    `  ${operators.join(', ')}`,
    ...(step ? stepMemory(step) : config ? memoryLines(config, flags) : []),
  ]
}

function configLines(config: LossConfig, origins: Readonly<Record<string, string>>): string[] {
  const entries = Object.entries(config).map(([key, value]) => [key, JSON.stringify(value), origins[key]] as const)
  return [
    'configuration:',
    ...entries.map(([key, value, origin]) => `  ${key} = ${value}  (${printable(origin ?? '')})`),
  ]
}

/** The text form; that of a graph of others, or of another version, has operators and edges only. */
function textOf({ bytes, info, config }: Inspection): string {
  if (config) {
    const model = lossModel(config)
    if (Buffer.from(encodeModel(model)).equals(bytes)) return printModel(model)
  }
  const lines = info.nodes.map(
    ({ op, inputs, outputs }) =>
      `${outputs.map(printable).join(', ')} = ${printable(op)}(${inputs.map(printable).join(', ')})`,
  )
  return `${lines.join('\n')}\n`
}

function toJson({ bytes, info, config, origins, step, notes }: Inspection, flags: InspectFlags): string {
  const size = config && isUsual(config) ? runSize(config, flags) : undefined
  const object = {
    schemaVersion: 1,
    bytes: bytes.length,
    irVersion: info.irVersion,
    opsets: Object.fromEntries(info.opsets),
    producer: info.producer,
    inputs: info.inputs,
    outputs: info.outputs,
    config: config ?? null,
    origins,
    nodes: info.nodes.length,
    operators: Object.fromEntries(operatorsOf(info.nodes)),
    ...(step && { step }),
    memory: config && size ? { ...size, ...estimateMemory(config, size) } : null,
    notes,
  }
  return `${JSON.stringify(object, null, 2)}\n`
}
