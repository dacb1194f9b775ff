import { opsetOf, refuseAttached } from '../../attach/index.js'
import { type Detector, openDetector, refuse } from '../../detector/index.js'
import { expectArguments, InputError, must, nearest, quoted } from '../../io/index.js'
import { type Note, notesOnTrained } from '../../notes/index.js'
import {
  domainKey,
  type Graph,
  GraphError,
  gradientsThrough,
  graphOfModel,
  isExternal,
  type Obstacle,
  obstacles,
  type Seed,
} from '../../onnx/index.js'
import { type OptimizerName, updateRules, type V } from '../optimizers/rules.js'
import { type Choice, chosen } from '../step/choice.js'
import { heldOf, peakOf } from '../step/memory.js'
import { normalizeByBatch } from '../step/normalize.js'
import { numbersIn } from '../step/numbers.js'
import type { StepOptions } from '../step/options.js'
import { fixedInputs } from '../step/sizes.js'
import { type Untrained, untrainedOf } from './untrained.js'

/** What of a detector is looked at, and how it would be trained. */
export interface TrainingLintOptions
  extends Pick<StepOptions, 'file' | 'folder' | 'heads' | 'freeze' | 'freezeAbove' | 'only' | 'batchNorm'> {
  /** Images of a batch, where the detector leaves it open; 1 by default. */
  readonly batch?: number
  /** Height and width of an image in pixels, where it leaves them open; 416 × 416 by default. */
  readonly input?: readonly [height: number, width: number]
}

/** Bytes that a step takes beside the process, the loaded runtime and the loss. */
export interface TrainingMemory {
  /** What the forward pass makes and the backward pass reads. */
  readonly held: number
  /** Results of nodes that lie in memory at once, those among them. */
  readonly work: number
  /** Parameters before and after a step. */
  readonly weights: number
  /** What an optimizer remembers before and after a step, and all together. */
  readonly optimizers: Readonly<Record<OptimizerName, { readonly state: number; readonly total: number }>>
}

/** What a training step would make of a detector. */
export interface TrainingLint {
  /** Sizes of the inputs that it was looked at with. */
  readonly inputs: Readonly<Record<string, readonly number[]>>
  /** What is in the way: each node without a rule, and whatever else a step refuses. */
  readonly findings: readonly Obstacle[]
  readonly parameters: readonly string[]
  /** How many numbers they are. */
  readonly trained: number
  readonly untrained: readonly Untrained[]
  readonly notes: readonly Note[]
  /** Unless something is in the way. */
  readonly memory?: TrainingMemory
}

const finding = (node: string, op: string, why: string, remedy: string): Obstacle => ({ node, op, why, remedy })

/** What a part of a step refuses, as a finding. */
function refusals(node: string, op: string, part: () => void): Obstacle[] {
  try {
    part()
    return []
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    return [finding(node, op, error.what, error.remedy ?? 'export it anew')]
  }
}

const ofOptions = must.options({
  heads: must.list(must.text),
  freeze: must.list(must.text),
  freezeAbove: must.list(must.text),
  only: must.oneOf(['heads']),
  batchNorm: must.oneOf(['train', 'frozen']),
  batch: must.whole(1),
  input: must.list(must.whole(1)),
  file: must.text,
  folder: must.text,
})

/**
 * Says beforehand what `trainingStep` would make of a detector: every node in the way, where it stops at the first; what is
 * trained and what is not, and about how much memory a step takes.
 * @throws InputError for bytes that are no detector, operators that a step cannot read, and names that mean nothing
 */
export function lintTraining(model: Uint8Array, options: TrainingLintOptions = {}): TrainingLint {
  expectArguments('lintTraining', { model: must.bytes, options: ofOptions }, { model, options })
  const { file = 'detector' } = options
  try {
    return linted(openDetector(model, file, options.folder), options)
  } catch (error) {
    // What the builder has against a graph it has against the detector.
    if (error instanceof GraphError) refuse(error.code, file, error.lead, error.hint)
    throw error
  }
}

function linted(detector: Detector, options: TrainingLintOptions): TrainingLint {
  const { heads: named } = options
  const unknown = named?.find((name) => !detector.producers.has(name))
  if (unknown !== undefined) {
    const near = nearest(unknown, [...detector.producers.keys()])
    const hint = near === undefined ? undefined : `did you mean ${quoted(near)}?`
    refuse('E_HEADS', detector.file, `the model has no value ${quoted(unknown)}`, hint)
  }
  refuseAttached(detector)
  opsetOf(detector)
  const inputs = fixedInputs(detector, asked(detector, options))
  const heads = named ?? detector.graph.output.map(({ name }) => name)
  const choice = chosen(detector, heads, options)
  const findings = [...unreadable(detector), ...parametersInTheWay(detector, choice)]
  if (findings.length === 0) findings.push(...inTheWay(detector, inputs, heads, choice))
  return {
    inputs,
    findings,
    parameters: [...choice.trained.keys()],
    trained: numbersIn(detector, choice),
    untrained: untrainedOf(detector, choice),
    notes: notesOnTrained(detector),
    ...(findings.length === 0 && { memory: memoryOf(detector, inputs, heads, choice) }),
  }
}

/** Nodes that the builder has no words for: of other domains, and with graphs inside. */
const unreadable = ({ graph }: Detector): Obstacle[] =>
  graph.node.flatMap(({ name, output, opType, domain, attribute }) => {
    const inner = attribute.some((a) => a.g || a.graphs.length > 0)
    if (domainKey(domain) === '' && !inner) return []
    const why = inner ? 'it has a graph inside' : `it is of the domain ${domain}`
    return [
      finding(name || (output[0] ?? ''), opType, why, 'export it with operators of ONNX alone, without control flow'),
    ]
  })

type Sizes = TrainingLint['inputs']

function inTheWay(detector: Detector, inputs: Sizes, heads: readonly string[], choice: Choice): Obstacle[] {
  const graph = graphOfModel(detector.bytes, inputs, detector.file)
  const norms = refusals([...choice.normalizing][0] ?? '', 'BatchNormalization', () =>
    normalizeByBatch(graph, choice.normalizing, detector),
  )
  const named = (names: Iterable<string>) => [...names].map((name) => ({ name }))
  return [...norms, ...headsInTheWay(graph, heads), ...obstacles(graph, named(heads), named(choice.trained.keys()))]
}

/** Sizes where the detector leaves them open. */
function asked({ info }: Detector, { batch, input }: TrainingLintOptions) {
  const isOpen = (axes: (axis: number) => boolean) =>
    info.inputs.some(({ shape }) => shape?.some((dim, axis) => typeof dim !== 'number' && axes(axis)))
  const images = batch ?? (isOpen((axis) => axis === 0) ? 1 : undefined)
  const size = input ?? (isOpen((axis) => axis > 0) ? ([416, 416] as const) : undefined)
  return { ...(images !== undefined && { batch: images }), ...(size && { input: size }) }
}

const headsInTheWay = (graph: Graph, heads: readonly string[]): Obstacle[] =>
  heads.flatMap((name) => {
    const dtype = graph.types.get(name)?.dtype ?? 'float32'
    return dtype === 'float32'
      ? []
      : [finding(name, 'head', `it is ${dtype}, and a step float32`, 'export it as float32, or name other heads')]
  })

const parametersInTheWay = ({ initializers }: Detector, { trained }: Choice): Obstacle[] =>
  [...trained.keys()].flatMap((name) => {
    const tensor = initializers.get(name)
    const isAway = tensor !== undefined && isExternal(tensor)
    return isAway ? [finding(name, 'weight', 'it is kept in another file', 'save the model with its data inside')] : []
  })

const perNumber = 4

/**
 * About how much memory a step takes, with P numbers trained and s of them remembered for each:
 *
 *   work     the most that results of nodes take at once, forward and backward in order, in place where that may be,
 *            with all gradients (4·P)
 *   weights  2·4·P, before and after
 *   state    2·4·P·s: s = 1 for sgd, 2 for adam and adamw
 *
 * What the loss takes is not in it (see `estimateMemory`), nor the workspace of kernels: onnxruntime 1.30 on a CPU took
 * 164 MiB and 326 MiB for steps estimated at 141 and 282, a ratio of 0.86 (five convolutions with batch norms, 640 × 640,
 * batches of 8 and 16, resident memory above that of the open session).
 */
function memoryOf(detector: Detector, inputs: Sizes, heads: readonly string[], choice: Choice): TrainingMemory {
  const graph = graphOfModel(detector.bytes, inputs, detector.file)
  normalizeByBatch(graph, choice.normalizing, detector)
  const forward = new Set(graph.root.nodes.flatMap((n) => n.outputs))
  const seeds = heads.map((name, i): Seed => {
    const of = graph.valueOf(name) as V
    return { of, gradient: graph.input(`seed/${i}`, 'float32', of.shape) }
  })
  const parameters = [...choice.trained.keys()].map((name) => graph.valueOf(name) as V)
  const gradients = gradientsThrough(seeds as [Seed, ...Seed[]], parameters)
  const { body } = graph.build(Object.fromEntries(gradients.map((g, i) => [`grad/${i}`, g])))
  const work = peakOf(body)
  const weights = 2 * perNumber * numbersIn(detector, choice)
  const optimizers = Object.entries(updateRules).map(([name, { remembers }]) => {
    const state = weights * remembers.length
    return [name, { state, total: work + weights + state }]
  })
  const held = heldOf(body, ({ outputs }) => outputs.some((name) => forward.has(name)))
  return { held, work, weights, optimizers: Object.fromEntries(optimizers) }
}
