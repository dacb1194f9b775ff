import { readStepRecord, type StepRecord } from '../../attach/index.js'
import { type Detector, parametersOf } from '../../detector/index.js'
import { sizeOf } from '../../io/index.js'
import { exact, type ModelInfo, type ModelValue } from '../../onnx/index.js'
import { type OptimizerName, updateRules } from '../optimizers/rules.js'
import type { Choice } from './choice.js'
import { bytesOf } from './memory.js'
import { defaultSettings, type StepOptions } from './options.js'

/** Numbers of each optimizer. */
const numbers = { sgd: ['momentum'], adam: ['betas', 'epsilon'], adamw: ['betas', 'epsilon'] } as const

/** What is recorded of a step where it is asked for. */
const asked = [
  'weightDecay',
  'clipNorm',
  'accumulate',
  'ema',
  'only',
  'batchNorm',
  'newHeads',
  'stepsPerRun',
  'gradientsOnly',
] as const

/** What is recorded of a step. @param work bytes of its results that lie in memory at once */
export function stepRecord(detector: Detector, { trained }: Choice, options: StepOptions, work: number): StepRecord {
  const { optimizer } = options
  const settings = { ...defaultSettings, ...options.settings }
  const own = numbers[optimizer].map((name) => [name, settings[name]] as const)
  const given = asked.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]] as const]))
  const parameters = [...parametersOf(detector, detector.graph.node)]
  const frozen = parameters.flatMap(([name, kind]) => (kind === 'statistic' || trained.has(name) ? [] : [name]))
  const sizes = frozen.map((name) => sizeOf((detector.initializers.get(name)?.dims ?? []).map(exact)))
  return {
    optimizer,
    settings: Object.fromEntries([...own, ...given]),
    frozen: [frozen.length, sizes.reduce((a, b) => a + b, 0)],
    work,
  }
}

/** A training step by what goes into it and comes out. */
export interface StepDescription extends StepRecord {
  readonly parameters: readonly ModelValue[]
  /** How many numbers they are. */
  readonly trained: number
  readonly statistics: readonly ModelValue[]
  /** What the optimizer remembers, and what else goes along. */
  readonly state: readonly ModelValue[]
  /** Inputs of the detector, labels, `rate` and `step`. */
  readonly inputs: readonly ModelValue[]
  /** Outputs beside what an input is next, and gradients. */
  readonly outputs: readonly ModelValue[]
  /** Bytes of all inputs. */
  readonly fed: number
}

const along = ['accumulated', 'ema']

/** What a model says of itself as a training step; undefined for any other. @throws InputError for a record that cannot be read */
export function describeStep(info: ModelInfo, file = 'model'): StepDescription | undefined {
  const record = readStepRecord(info, file)
  if (!record) return undefined
  const remembers = [...(updateRules[record.optimizer as OptimizerName]?.remembers ?? []), ...along]
  const inputs = new Set(info.inputs.map(({ name }) => name))
  // Inputs that have a default are not among those of the model, but their next values are among its outputs.
  const behind = (prefix: string) =>
    info.outputs.flatMap((v) => (v.name.startsWith(prefix) ? [{ ...v, name: v.name.slice(prefix.length) }] : []))
  const next = behind('next_')
  const parameters = [...behind('grad/'), ...next.filter(({ name }) => inputs.has(`${remembers[0]}/${name}`))]
  const known = new Set(parameters.map(({ name }) => name))
  const isState = ({ name }: ModelValue) =>
    remembers.some((of) => name.startsWith(`${of}/`) && known.has(name.slice(of.length + 1)))
  const statistics = next.filter((v) => v.name !== 'step' && !known.has(v.name) && !isState(v))
  const carried = new Set([...parameters, ...statistics].map(({ name }) => name))
  return {
    ...record,
    parameters,
    trained: parameters.reduce((sum, { shape }) => sum + sizeOf((shape ?? []).filter((d) => typeof d === 'number')), 0),
    statistics,
    state: info.inputs.filter(isState),
    inputs: info.inputs.filter((v) => !isState(v) && !carried.has(v.name)),
    outputs: info.outputs.filter(({ name }) => !/^(next_|grad\/)/.test(name)),
    fed: [...info.inputs.filter(({ name }) => !carried.has(name)), ...parameters, ...statistics].reduce(
      (sum, { dtype, shape }) => sum + bytesOf({ dtype, shape: shape ?? [''] }),
      0,
    ),
  }
}
