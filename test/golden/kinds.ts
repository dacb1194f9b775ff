import { createHash } from 'node:crypto'
import {
  adam,
  attachLoss,
  encodeAsFunction,
  encodeModel,
  headTraining,
  lossModel,
  replaceLoss,
  sgd,
} from 'onnx-yolo-loss'
import { resolveConfig } from '../../src/yolo/config/resolve.js'
import { tinyConfig, tinyDetector } from '../attach/detector.js'
import type { Choices, Row } from './pairs.js'

/** A way to make graphs: what its options may be, and the graph of each row of them. */
export interface Kind {
  readonly choices: Choices
  /** Throws for most rows that have no graph. */
  readonly check: (row: Row) => unknown
  readonly make: (row: Row) => readonly Uint8Array[]
}

/** `null` stands for an option that is left out. */
const given = (row: Row): Row => Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null))

const isLoss = (row: Row) => resolveConfig(given(row))

/** Keys of a detector are none of the loss. */
function fits(row: Row): unknown {
  const { head, size, detectorOpset, irVersion, names, onlyLoss, asFunction, rewriteResize, ...config } = given(row)
  if (asFunction === true && (config.form !== 'compact' || Number(detectorOpset) < 13 || irVersion !== 8)) throw Error()
  return resolveConfig({ ...tinyConfig, ...config })
}

const isCallable = (row: Row) => {
  if (row.form !== 'compact' || row.graph !== 'loss') throw Error()
  return isLoss(row)
}

const outputs = {
  reduction: ['batch-mean', 'sum', 'none'],
  normalizer: [false, true],
  lossRank: [0, 1],
  weights: [null, { xy: 2, wh: 0.5, conf: 1.5, class: 0.25 }],
  guard: [false, true],
  components: [false, true],
  masks: [false, true],
  diagnostics: [false, true],
  gradients: [false, true],
}

const numerics = {
  ignoreThreshold: [null, 0, 0.3, 0.7, 1],
  divisionFree: [false, true],
  for: [null, 'ort-training'],
}

const loss: Choices = {
  preset: ['yolov3-coco', 'yolov3-tiny-coco', 'yolov3-voc', 'yolov3-tiny-voc', 'yolov3-spp', 'yolov3-openimages'],
  classes: [null, 1, 10, 11],
  graph: ['loss', 'head', 'head-loss'],
  form: ['compact', 'static', 'loop'],
  batch: [null, 1, 3],
  input: [null, [64, 96], [128, 128]],
  maxBoxes: [null, 1, 20],
  layout: ['nhwc', 'nchw', 'nachw', 'nahwc'],
  dtype: ['float32', 'float64', 'float16'],
  opset: [13, 15, 17, 18, 20, 21],
  ...numerics,
  ...outputs,
}

const forms: Choices = {
  form: ['compact', 'static', 'loop'],
  batch: [null, 2],
  input: [null, [96, 64]],
  maxBoxes: [null, 5],
  ...numerics,
  ...outputs,
}

const boxes: Choices = {
  labels: ['boxes', 'weighted-boxes'],
  padding: ['original', 'anywhere'],
  badBoxes: ['nan', 'drop'],
}

const detector: Choices = {
  head: ['nchw', 'nhwc', 'nahwc', 'nachw', 'nhwac', 'flat-hwa', 'flat-ahw', 'float16'],
  size: [null, [64, 64], ['H', 'W']],
  detectorOpset: [11, 12, 13, 17, 19, 22],
  irVersion: [7, 8],
  names: [null, ['loss', 'y_true_0']],
  onlyLoss: [false, true],
  asFunction: [false, true],
  rewriteResize: [false, true],
}

function attached(how: typeof attachLoss, row: Row): readonly Uint8Array[] {
  const { head, size, detectorOpset, irVersion, names, onlyLoss, asFunction, rewriteResize, ...config } = given(row)
  const made = { head, size, irVersion, names, opset: detectorOpset }
  const bytes = tinyDetector(given(Object.fromEntries(Object.entries(made).map(([k, v]) => [k, v ?? null]))))
  const isFlat = String(head).startsWith('flat')
  const options = {
    ...(isFlat && { layout: head, heads: ['coarse', 'fine'], grids: size ? [[2, 2], [4, 4]] : [[3, 2], [6, 4]] }), // biome-ignore format: one row
    ...(head === 'nhwac' && { layout: head }),
    ...(onlyLoss === true && { onlyLoss }),
    ...(rewriteResize === true && { rewriteResize }),
    ...(asFunction === true && { asFunction }),
  } as Parameters<typeof attachLoss>[2]
  const config_ = resolveConfig({ ...tinyConfig, ...config })
  if (how === attachLoss) return [attachLoss(bytes, config_, options).bytes]
  return [replaceLoss(attachLoss(bytes, resolveConfig(tinyConfig), options).bytes, config_, options).bytes]
}

const training: Choices = {
  optimizer: ['sgd', 'adam'],
  opset: [13, 17, 21],
  form: ['compact', 'static', 'loop'],
  components: [false, true],
  reduction: ['batch-mean', 'sum'],
  channels: [[6, 4], [3, 7]], // biome-ignore format: one row
}

function trained(row: Row): readonly Uint8Array[] {
  const { optimizer, channels, ...config } = row
  const fixed = { ...tinyConfig, batch: 2, input: [64, 96], layout: 'nchw', ...config }
  const rule = optimizer === 'sgd' ? sgd : adam
  const { forward, loss: model, update } = headTraining(resolveConfig(fixed), channels as number[], rule)
  return [forward, model, update].map((m) => encodeModel(m))
}

const lossKind = {
  check: isLoss,
  make: (row: Row) => [encodeModel(lossModel(resolveConfig(given(row))))],
}

const fixedSizes = { batch: [1, 3], input: [[64, 96], [128, 128]] } // biome-ignore format: one row

export const kinds: Readonly<Record<string, Kind>> = {
  head: { ...lossKind, choices: { ...loss, graph: ['head', 'head-loss'] } },
  compact: { ...lossKind, choices: { ...loss, graph: ['loss'], form: ['compact'], maxBoxes: [null] } },
  static: { ...lossKind, choices: { ...loss, ...fixedSizes, graph: ['loss'], form: ['static'] } },
  loop: { ...lossKind, choices: { ...loss, graph: ['loss'], form: ['loop'], maxBoxes: [null] } },
  boxes: {
    ...lossKind,
    choices: { ...loss, graph: ['loss', 'targets'], form: ['compact'], ...boxes, input: [null, [64, 96]] },
  },
  'static-boxes': {
    ...lossKind,
    choices: { ...loss, ...fixedSizes, graph: ['loss', 'targets'], form: ['static'], ...boxes },
  },
  function: { choices: loss, check: isCallable, make: (row) => [encodeAsFunction(resolveConfig(given(row)))] },
  attach: {
    choices: { ...detector, asFunction: [false], ...forms },
    check: fits,
    make: (row) => attached(attachLoss, row),
  },
  'attach-boxes': {
    choices: { ...detector, ...forms, ...boxes, form: ['compact', 'static'] },
    check: fits,
    make: (row) => attached(attachLoss, row),
  },
  'attach-function': {
    choices: { ...detector, asFunction: [true], ...forms },
    check: fits,
    make: (row) => attached(attachLoss, row),
  },
  replace: {
    choices: { ...detector, asFunction: [false], ...forms },
    check: fits,
    make: (row) => attached(replaceLoss, row),
  },
  training: { choices: training, check: () => undefined, make: trained },
}

/** One hash over all graphs of a row. */
export function hashOf(kind: Kind, row: Row): string {
  const hash = createHash('sha256')
  for (const bytes of kind.make(row)) hash.update(bytes)
  return hash.digest('hex')
}
