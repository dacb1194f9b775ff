import {
  type Addition,
  adapter,
  fittedConfig,
  type InPieces,
  inPieces,
  link,
  type NewHead,
  newHeads,
  opsetOf,
  type Renewed,
  refuseAttached,
} from '../../attach/index.js'
import {
  channelSizes,
  type Detector,
  type DetectorHead,
  findHeads,
  gridIn,
  headLayouts,
  namesIn,
  openDetector,
  refuse,
} from '../../detector/index.js'
import { expectArguments, listed, must, quoted } from '../../io/index.js'
import { type Note, notesOnTrained } from '../../notes/index.js'
import { type Body, Graph, GraphError, gradientsThrough, type Seed, takenOver } from '../../onnx/index.js'
import { ConfigError, expectConfig, type LossConfig, lossModel, ofScale } from '../../yolo/index.js'
import { optimizerNames, type V } from '../optimizers/rules.js'
import { type UpdateModel, updateApart } from './apart.js'
import { assembled, type Made, type Written } from './assemble.js'
import { type Choice, chosen } from './choice.js'
import { initialValues, type Values } from './initial.js'
import { normalizeByBatch, type Statistics } from './normalize.js'
import { numbersIn } from './numbers.js'
import type { StepOptions } from './options.js'
import { fixedInputs } from './sizes.js'
import { type Derived, type Initial, Updates } from './update.js'

const share = must.from(0, 1)

const ofStep = must.options(
  {
    settings: must.options({ momentum: share, betas: must.pair(share), epsilon: must.above(0) }),
    heads: must.list(must.text),
    layout: must.oneOf(headLayouts),
    grids: must.list(must.list(must.whole(1))),
    onlyLoss: must.yesOrNo,
    weightDecay: must.from(0),
    clipNorm: must.above(0),
    ema: share,
    accumulate: must.whole(1),
    freeze: must.list(must.text),
    freezeAbove: must.list(must.text),
    only: must.oneOf(['heads']),
    batchNorm: must.oneOf(['train', 'frozen']),
    gradientsOnly: must.yesOrNo,
    oneFile: must.yesOrNo,
    stepsPerRun: must.whole(1),
    newHeads: must.whole(0),
    file: must.text,
    folder: must.text,
  },
  { optimizer: must.oneOf(optimizerNames) },
)

/** A detector with its whole training step. */
export interface TrainingStep extends Written, InPieces {
  /** The heads the loss reads, coarsest scale first. */
  readonly heads: readonly DetectorHead[]
  /** Names of the parameters that are trained, in the order of the file, and of the running statistics. */
  readonly parameters: readonly string[]
  readonly statistics: readonly string[]
  /** What it begins with, by the names of the inputs: parameters, statistics, what is remembered of them, and `step`. */
  readonly initial: () => Values
  /** The update as a model of its own, with `gradientsOnly`. */
  readonly update?: UpdateModel
  readonly opset: number
  /** How many numbers are trained. */
  readonly trained: number
  /** Heads that are new. */
  readonly renewed: readonly NewHead[]
  /** What of the detector was hardly meant. */
  readonly notes: readonly Note[]
}

/**
 * The training step of a detector as one model: forward, loss, backward, optimizer. Its inputs are the detector's own, the
 * labels, `rate` (float32, rank 0), `step` (int64, rank 0, 0 at first), each parameter and running statistic under its own
 * name, and `momentum/NAME`, `adam_m/NAME`, `adam_v/NAME`, `accumulated/NAME`, `ema/NAME`; its first output is `loss`, and
 * `next_<input>` is what each input is in the next step. With `stepsPerRun` all but those that are carried along have a leading
 * axis of so many steps. With `gradientsOnly` the update is a model of its own, `update`.
 * @param config with `gradients` the graph hands out those of the logits, too
 * @throws InputError for models and names that do not fit; ConfigError for options that contradict each other;
 *   InputError E_GRADIENT, which names the node, for an operator without a rule
 */
export function trainingStep(model: Uint8Array, config: LossConfig, options: StepOptions): TrainingStep {
  expectArguments('trainingStep', { model: must.bytes, options: ofStep }, { model, options })
  expectConfig(config)
  const { file = 'detector', stepsPerRun: count } = options
  if (count !== undefined && options.gradientsOnly)
    throw new ConfigError('stepsPerRun', 'hands weights from step to step, but gradientsOnly updates none')
  try {
    const { bytes, heads } = withHeads(model, config, options)
    return stepOf(openDetector(bytes, file, options.folder), config, options, heads)
  } catch (error) {
    // What the builder has against a graph it has against the detector.
    if (error instanceof GraphError) refuse(error.code, file, error.lead, error.hint)
    throw error
  }
}

/** The detector that is trained: the one given, or it with new heads. */
function withHeads(
  model: Uint8Array,
  config: LossConfig,
  { newHeads: seed, file, folder, heads }: StepOptions,
): Pick<Renewed, 'bytes' | 'heads'> {
  if (seed === undefined) return { bytes: model, heads: [] }
  return newHeads(model, config, {
    seed,
    ...(file && { file }),
    ...(folder && { folder }),
    ...(heads && { heads }),
  })
}

function stepOf(
  detector: Detector,
  config: LossConfig,
  options: StepOptions,
  renewed: readonly NewHead[],
): TrainingStep {
  refuseAttached(detector)
  const opset = opsetOf(detector)
  const sizes = fixedInputs(detector, config)
  const graph = takenOver((given) => new Graph(given), detector.bytes, sizes, detector.file)
  const own = [...graph.root.nodes]
  const heads = sizedHeads(findHeads(detector, config, options), graph, detector)
  const choice = chosen(detector, names(heads), options)
  const statistics = normalizeByBatch(graph, choice.normalizing, detector)
  const fitted = fittedConfig(config, heads, opset, detector.file)
  const { seeds, ...added } = lossBehind(detector, graph, heads, fitted)
  const hidden = new Set(config.gradients ? [] : seeds.map(({ gradient }) => gradient.name))
  const parts = { detector, graph, own, ...added, sizes, hidden }
  const made = updated(detector, graph, choice, statistics, seeds, options)
  const { pieces, ...written } = assembled(
    parts,
    { ...made, choice, statistics: [...statistics.keys()] },
    heads,
    options,
  )
  return inPieces(pieces, {
    ...written,
    heads,
    parameters: [...choice.trained.keys()],
    statistics: [...statistics.keys()],
    initial: () => initialValues(detector, [...choice.trained.keys(), ...statistics.keys()], made.state),
    ...(made.update && { update: made.update }),
    opset,
    trained: numbersIn(detector, choice),
    notes: notesOnTrained(detector),
    renewed,
  })
}

const names = (heads: readonly DetectorHead[]): string[] => heads.map(({ name }) => name)

/** Heads with the sizes they have in a step, which are fixed. */
function sizedHeads(heads: readonly DetectorHead[], graph: Graph, { file }: Detector): DetectorHead[] {
  return heads.map((head) => {
    const shape = graph.types.get(head.name)?.shape
    if (!shape)
      return refuse('E_STEP', file, `the sizes of head ${quoted(head.name)} cannot be told`, 'run onnx.shape_inference')
    const { h, w } = gridIn(shape, head.layout)
    return { ...head, shape, grid: h === '' || w === '' ? head.grid : { h, w } }
  })
}

/** The loss, put behind the heads in the graph of the detector, and its gradients by the logits. */
function lossBehind(detector: Detector, graph: Graph, heads: readonly DetectorHead[], fitted: LossConfig) {
  const odd = heads.find(({ dtype }) => dtype !== 'float32')
  if (odd)
    refuse('E_STEP', detector.file, `head ${quoted(odd.name)} is ${odd.dtype}`, 'a step is float32: export it so')
  if (fitted.dtype !== 'float32') throw new ConfigError('dtype', `must be float32 for a step, got ${fitted.dtype}`)
  const front = adapter(heads, channelSizes(fitted), fitted)
  const behind = lossModel({ ...fitted, gradients: true })
  const taken = namesIn(detector)
  // In the graph of a step a value is called as the node that makes it.
  const loss = link(front, behind, fitted, heads, { ...taken, values: new Set([...taken.values, ...taken.nodes]) })
  graph.adopt(bodyOf(loss))
  const named = (name: string) => loss.renamed.get(name) ?? name
  const adapted = new Set(front.body.outputs.map(({ name }) => name))
  const seeds = heads.map((head, l): Seed => {
    const logits = ofScale('y_pred', l)
    const of = graph.valueOf(adapted.has(logits) ? named(logits) : head.name) as V
    return { of, gradient: graph.valueOf(named(ofScale('grad_y_pred', l))) as V }
  })
  return { loss, metadata: behind.metadata, seeds: seeds as [Seed, ...Seed[]] }
}

const bodyOf = ({ nodes, initializers, inputs, outputs, values }: Addition): Body => {
  const declared = new Set(outputs.map(({ name }) => name))
  const inner = values.filter(({ name }) => !declared.has(name))
  return { name: 'loss', nodes, initializers, inputs, outputs, values: inner }
}

/** What a step makes of its gradients. */
interface Updated extends Omit<Made, 'choice' | 'statistics'> {
  readonly state: ReadonlyMap<string, Initial>
  readonly update?: UpdateModel
}

function updated(
  detector: Detector,
  graph: Graph,
  { trained }: Choice,
  statistics: Statistics,
  seeds: readonly [Seed, ...Seed[]],
  options: StepOptions,
): Updated {
  const { file, info } = detector
  const parameters = [...trained.keys()].map((name) => graph.valueOf(name) as V)
  const gradients = gradientsThrough(seeds, parameters)
  const running = Object.fromEntries(statistics)
  const derived = [...trained].map(([name, kind], i): Derived => {
    return { name, kind, value: parameters[i] as V, gradient: gradients[i] as V }
  })
  if (options.gradientsOnly) {
    const grads = derived.map(({ name, gradient }) => [name, gradient] as const)
    return { grads, next: running, inputs: [], ...updateApart(detector, graph, derived, options) }
  }
  const taken = ['rate', 'step'].filter((name) => graph.types.has(name))
  if (taken.length > 0) {
    const what = `it has values of the names ${listed(taken)} already`
    refuse('E_NAME', file, what, `rename them; its inputs are ${listed(info.inputs.map(({ name }) => name))}`)
  }
  const [rate, step] = [graph.input<'float32'>('rate', 'float32', []), graph.input<'int64'>('step', 'int64', [])]
  const { next, state } = graph.scope('update', () => new Updates(graph, options).of(derived, rate, step))
  return { grads: [], next: { ...next, ...running }, state, inputs: ['rate', 'step', ...state.keys()] }
}
