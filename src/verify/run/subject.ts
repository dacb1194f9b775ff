import { Fault, listed, nearest, quoted, readBytes } from '../../io/index.js'
import { type ModelInfo, readModel } from '../../onnx/index.js'
import { inputNames, isUsual, type LossConfig, lossOptions } from '../../yolo/index.js'
import { lossConfigOf, modelConfig } from '../cases/match.js'
import { renamedInfo } from '../judge/names.js'
import type { ForeignNames } from '../judge/options.js'
import type { GraphFlags } from './job.js'

/** A graph that is to be verified, by its names for ours. */
export interface Subject {
  readonly file: string
  readonly bytes: Uint8Array
  /** With inputs and outputs by our names. */
  readonly info: ModelInfo
  readonly names: ForeignNames | undefined
  /** What it computes; undefined where nobody says. */
  readonly config: LossConfig | undefined
}

const usage = (where: string, what: string, remedy?: string) => new Fault('usage', 'E_USAGE', { where, what, remedy })

function checkNames(flag: string, names: ReadonlyMap<string, string>, has: readonly string[], file: string): void {
  for (const theirs of names.keys()) {
    if (has.includes(theirs)) continue
    const near = nearest(theirs, has)
    const remedy = near === undefined ? `it has ${listed(has)}` : `did you mean ${quoted(near)}?`
    throw usage(`${flag} ${quoted(theirs)}`, `${file} has no such name`, remedy)
  }
}

/** Two values of one name would hide one another. */
function checkDistinct(flag: string, values: readonly { readonly name: string }[], file: string): void {
  const names = values.map(({ name }) => name)
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined) throw usage(flag, `makes two of ${file} ${quoted(twice)}`, 'give each a name of its own')
}

const spelled = (value: unknown): string => JSON.stringify(value)

/** What a person says of a graph must not contradict what it says itself. */
function checkStamp(stamp: LossConfig, { config, said }: NonNullable<GraphFlags['config']>, file: string): void {
  for (const key of said as readonly (keyof LossConfig)[]) {
    const [own, given] = [spelled(stamp[key]), spelled(config[key])]
    if (own === given) continue
    throw usage(
      `"${key}"`,
      `is ${given} by your configuration, but ${own} by what ${file} says of itself`,
      'leave --config and --preset out',
    )
  }
}

/** What a person leaves out is the graph's to say; it is told where that is not what the default would be. */
function tellUnsaid(stamp: LossConfig, { config, unsaid }: GraphFlags, file: string): void {
  for (const { key, decides, quiet } of lossOptions) {
    // What kind of graph it is, and which labels it takes, its inputs and outputs show.
    const isHidden = (decides === 'numbers' || decides === 'inputs') && !quiet && key !== 'graph'
    if (!config || !isHidden || config.said.includes(key)) continue
    const [own, byDefault] = [spelled(stamp[key]), spelled(config.config[key])]
    if (own !== byDefault) unsaid?.(file, key, own, byDefault)
  }
}

/** Reads a graph, its names and what it computes. @throws Fault of usage where the person and the graph disagree */
export async function subjectOf(file: string, flags: GraphFlags): Promise<Subject> {
  const { config, names } = flags
  const bytes = await readBytes(file)
  const info = readModel(bytes, file)
  const own = (values: readonly { readonly name: string }[]) => values.map(({ name }) => name)
  checkNames('--inputs', names?.inputs ?? new Map(), own(info.inputs), file)
  checkNames('--outputs', names?.outputs ?? new Map(), own(info.outputs), file)
  const stamp = lossConfigOf(info.metadata)
  if (stamp && config) checkStamp(stamp, config, file)
  if (stamp) tellUnsaid(stamp, flags, file)
  const renamed = names ? renamedInfo(info, names) : info
  checkDistinct('--inputs', renamed.inputs, file)
  checkDistinct('--outputs', renamed.outputs, file)
  return { file, bytes, info: renamed, names, config: stamp ?? config?.config }
}

/** What a graph must be for cases to be made for it. @throws Fault of usage that says what is missing */
export function expectLoss({ file, info, config }: Subject): LossConfig {
  const says = modelConfig(info.metadata) !== undefined
  if (!config) {
    const what = says ? 'what it says of its configuration is none' : 'it does not say what it computes'
    throw usage(file, what, 'say it with --config FILE or --preset NAME, or name cases: --fixtures DIR, --data FILE')
  }
  if (!isUsual(config))
    throw usage(
      file,
      `it computes the loss of ${config.semantics}, for which no cases are made`,
      'name cases of it, --fixtures DIR, or another graph of it: --data FILE --against OTHER.onnx',
    )
  const wanted = inputNames(config)
  const has = info.inputs.map(({ name }) => name)
  const missing = wanted.filter((name) => !has.includes(name))
  if (missing.length === 0) return config
  const what = `it has no input ${listed(missing)}; its inputs are ${listed(has)}`
  throw usage(
    file,
    what,
    'say which is which with --inputs THEIRS=y_pred_0,…; of a graph with its detector inside only the loss alone can be verified',
  )
}
