import { join } from 'node:path'
import { float32, type NamedTensor, Random, type Tensor, version } from '../../../io/index.js'
import { encodeModel, type Model, renameNode, type ValueInfo } from '../../../onnx/index.js'
import {
  Evaluator,
  type ProfileName,
  profileNames,
  profiles,
  type Semantics,
  type SemanticsInput,
  semantics as semanticsOf,
  termNames,
} from '../../../reference/semantics/index.js'
import { boxesName, type ConfigInput, lossModel, ofScale, resolveConfig } from '../../../yolo/index.js'
import { type PixelBox, randomBoxes, scene } from '../scene/scene.js'
import { writeCase } from '../writecase.js'
import { small } from './configs.js'

/** A case of the loss of another implementation, from boxes. */
export interface SemanticsCase {
  readonly name: ProfileName
  readonly config: ConfigInput
  readonly seed: number
}

const size = [96, 96] as const
/** Two scales, for the graphs are long. */
const config = {
  anchors: small.anchors.slice(3),
  anchorMask: [
    [3, 4, 5],
    [0, 1, 2],
  ],
  classes: 3,
  ignoreThreshold: 0.5,
}

/** A case for every profile but that of the other cases. */
export const semanticsCases: readonly SemanticsCase[] = profileNames
  .filter((name) => name !== 'keras-yolo3')
  .map((name, i) => ({ name, config: { ...config, labels: 'boxes', semantics: name }, seed: 1000 * (i + 1) }))

/** Two that share a cell and an anchor, the first larger, and others that differ in nothing but their place. */
const shared: readonly PixelBox[] = [
  [30.5, 31, 52, 47.5, 1],
  [33, 32.25, 50.5, 46.25, 2],
]

function drawn(seed: number): SemanticsInput & { readonly labels: Tensor<'float32'> } {
  const random = new Random(seed)
  const between = ([x1, y1, x2, y2, label]: PixelBox): PixelBox => [
    x1 + 0.25,
    y1 + 0.375,
    x2 - 0.3125,
    y2 - 0.125,
    label,
  ]
  const images = [
    [...shared, ...randomBoxes(4, size, config, random).map(between)],
    randomBoxes(3, size, config, random).map(between),
  ]
  const { logits, boxes } = scene(images, size, config, random)
  return { ...config, logits, labels: boxes as Tensor<'float32'> }
}

/** Whether the masks would be the same if every IoU were so much greater, or less. */
function isSettled(input: SemanticsInput, semantics: Semantics): boolean {
  const masksAt = (by: number) => {
    const threshold = (semantics.threshold || input.ignoreThreshold) + by
    return new Evaluator(input).masks({ ...semantics, threshold }).map((mask) => mask.join())
  }
  return masksAt(1e-4).join() === masksAt(-1e-4).join()
}

/** The first draw from a seed on whose masks float32 cannot change. */
function settledDraw(seed: number, semantics: Semantics) {
  for (let s = seed; ; s++) {
    const input = drawn(s)
    if (isSettled(input, semantics)) return { input, seed: s }
  }
}

interface Expected {
  readonly name: string
  readonly tensor: Tensor<'float32'>
  /** Whether it must be exact: counts and masks. */
  readonly exact?: true
}

function expectedOf(input: SemanticsInput, semantics: Semantics): Expected[] {
  const evaluator = new Evaluator(input)
  const { loss, perImage, scales } = evaluator.outcome(semantics)
  const byImage = semantics.reduction === 'image'
  const of = (all: ArrayLike<number>): Tensor<'float32'> =>
    byImage ? float32([all.length], all) : float32([], [Array.from(all).reduce((a, b) => a + b, 0)])
  const count = (flags: Uint8Array): Tensor<'float32'> => {
    const each = flags.length / perImage.length
    return of(perImage.map((_, b) => flags.subarray(b * each, (b + 1) * each).reduce((n, k) => n + k, 0)))
  }
  const terms = termNames.filter((name) => name !== 'box' || semantics.box !== 'none')
  return [
    { name: 'loss', tensor: byImage ? of(perImage) : float32([], [loss]) },
    ...scales.flatMap((own, l): Expected[] => [
      ...terms.map((name) => ({
        name: `${name}_${l}`,
        tensor: byImage ? of(own.perImage[name]) : float32([], [own[name]]),
      })),
      { name: ofScale('ignore', l), tensor: count(own.ignoreMask), exact: true },
      { name: ofScale('positives', l), tensor: count(own.objectMask), exact: true },
    ]),
    ...scales.map(({ ignoreMask }, l): Expected => {
      const { batch, rows, columns, anchors } = evaluator.scales[l] as (typeof evaluator.scales)[number]
      const tensor = float32([batch, rows, columns, anchors.length, 1], ignoreMask)
      return { name: ofScale('ignore_mask', l), tensor, exact: true }
    }),
    ...evaluator.gradients(semantics).map((values, l) => ({
      name: ofScale('grad_y_pred', l),
      tensor: float32((input.logits[l] as Tensor).shape, values),
    })),
    { name: 'boxes_refused', tensor: float32([], [0]), exact: true },
    { name: 'first_refused', tensor: float32([], [-1]), exact: true },
  ]
}

/** What float32 may lose of sums, and of numbers in which larger ones cancel. */
const relative = 1e-5

const toleranceOf = ({ tensor, exact }: Expected) => {
  const most = tensor.data.reduce((a, x) => Math.max(a, Math.abs(x)), 0)
  return exact ? { rtol: 0, atol: 0 } : { rtol: relative, atol: 1e-6 * Math.max(1, most) }
}

/**
 * A model whose values and nodes are numbered, without the types of what is between its inputs and outputs: names and types
 * are three quarters of its bytes, and `export` writes the same with them.
 */
function terse({ body, ...model }: Model): Model {
  const own = [...body.inputs, ...body.outputs, ...body.initializers].map(({ name }) => [name, name] as const)
  const names = new Map<string, string>(own)
  const value = (name: string): string => {
    if (name !== '' && !names.has(name)) names.set(name, `v${names.size}`)
    return names.get(name) ?? name
  }
  const info = (v: ValueInfo): ValueInfo => ({ ...v, name: value(v.name) })
  let count = 0
  const node = () => `${count++}`
  return { ...model, body: { ...body, nodes: body.nodes.map((n) => renameNode(n, { value, node, info })), values: [] } }
}

/** Writes a case of another implementation's loss below `root`. Equal bytes on every call. */
export async function writeSemantics(root: string, { name, config: own, seed: first }: SemanticsCase): Promise<void> {
  const semantics = semanticsOf(name)
  const { input, seed } = settledDraw(first, semantics)
  const expected = expectedOf(input, semantics)
  const logits = input.logits.map((t, l): NamedTensor => ({ name: ofScale('y_pred', l), tensor: t as Tensor }))
  const asked = { ...own, components: true, masks: true, gradients: true }
  await writeCase(join(root, name), {
    model: encodeModel(terse(lossModel(resolveConfig(asked)))),
    inputs: [...logits, { name: boxesName, tensor: input.labels }],
    outputs: expected,
    tolerances: {
      rtol: relative,
      atol: 0,
      outputs: Object.fromEntries(expected.map((one) => [one.name, toleranceOf(one)])),
    },
    info: {
      title: `the loss of ${profiles[name].of}; from boxes`,
      semantics: [name],
      config: own,
      seed,
      provenance: {
        boxes: 'random, and two by hand that share a cell',
        logits: 'half-trained detector',
        expected: 'float64 loops of src/reference/semantics, written as float32',
        tolerances: 'rtol 1e-5, atol 1e-6 of the greatest number; counts and masks are exact',
        madeBy: `npm run fixtures, onnx-yolo-loss ${version}`,
      },
    },
  })
}
