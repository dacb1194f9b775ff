import { expectArguments, must } from '../io/index.js'
import { anchorsOf, ConfigError, type LossConfig } from './config/config.js'
import { defaultMaxBoxes } from './config/options.js'
import { isUsual } from './config/semantics.js'
import { boxEntries, boxNumbers, coarsestStride } from './config/vocabulary.js'
import { expectConfig } from './config/whole.js'
import { farthest } from './formulas/iou.js'
import { sum } from './formulas/sum.js'

/** What a run is estimated for. */
export interface RunSize {
  readonly batch: number
  /** Height and width of the network input in pixels. */
  readonly input: readonly [height: number, width: number]
  /** Boxes of each image, spread evenly over the scales. */
  readonly boxes: number
}

const ofRun = { batch: must.whole(1), input: must.list(must.whole(1)), boxes: must.number }

/** Bytes that a run needs beside the process and the loaded runtime. */
export interface MemoryEstimate {
  /** Logits, and labels or boxes. */
  readonly inputs: number
  /** Everything calculated from them, at its peak. */
  readonly work: number
}

/** Numbers of each scale. */
function scalesOf(config: LossConfig, [height, width]: RunSize['input']) {
  return config.anchorMask.map((mask, l) => {
    const stride = coarsestStride / 2 ** l
    const [h, w, a] = [height / stride, width / stride, mask.length]
    return { h, w, a, cells: h * w * a, anchors: anchorsOf(config, l) }
  })
}

type Scale = ReturnType<typeof scalesOf>[number]

/** Pairs of a prediction and a box of anchor size that the compact form compares, on average for a box of this scale. */
function pairsPerBox({ h, w, a, anchors }: Scale, θ: number, [height, width]: RunSize['input']): number {
  if (θ === 0) return h * w * a
  const along = (cells: number, part: number) => Math.min(cells, 2 * farthest(θ) * part * cells + 2)
  return (a * sum(anchors.map(([aw, ah]) => along(w, aw / width) * along(h, ah / height)))) / anchors.length
}

/** Bytes of one pair: the places of its box logits, twice, the box of the prediction and that of the label. */
const bytesOfPair = 72

/** Bytes of one pair of rows of the same image and scale, which the static form compares to assign boxes. */
const bytesOfRows = 9

/** Numbers kept for each entry of each cell at the peak of the dense parts, as measured. */
const perEntry = { loop: 5.5, diagnostics: 5.5, gradients: 2.7, head: 2.5, targets: 4.5, copy: 1, labels: 1 } as const

/** Numbers kept for each cell, and for each pair of a cell and a row of the static form or a box of the loop. */
const perCell = { compact: 7, static: 9, loop: 10 } as const

/**
 * About how much memory a run takes. With `B` images, `N` cells of all scales, `D = 5 + C` entries, `s` bytes a number
 * (8 for float64, else 4), `K` rows of the static form and `M` boxes of an image on `L` scales:
 *
 *   inputs   B·N·D numbers of logits, and as many of labels, or 20 bytes for each row of boxes, 24 with an objectness
 *   compact  7·s·B·N + 72·B·(pairs of box and near cell) + 4·s·B·M·D
 *   static   9·s·B·N·K; from boxes at least 9·B·L·K²
 *   loop     5.5·s·B·N·D + 10·s·N_fine·M/L
 *   + diagnostics 5.5·s·B·N·D, gradients 2.7·s·B·N·D, a transposed or converted copy of the logits s·B·N·D, and as much for
 *     labels that loop or diagnostics make from boxes
 *   targets  4.5·s·B·N·D, in the static form 9·B·L·K² more
 *
 * The factors were measured with onnxruntime-node 1.30 on the CPU provider; a test holds estimates within a factor of 2
 * of what a run adds to a process.
 * @throws ConfigError for the loss of another implementation, of which nothing was measured
 */
export function estimateMemory(config: LossConfig, run: RunSize): MemoryEstimate {
  expectConfig(config)
  if (!isUsual(config))
    throw new ConfigError('semantics', `is ${config.semantics}: memory was measured of the loss of keras-yolo3 alone`)
  expectArguments('estimateMemory', ofRun, { ...run })
  const scales = scalesOf(config, run.input)
  const cells = run.batch * sum(scales.map((s) => s.cells))
  const entries = cells * (boxEntries + config.classes)
  const bytes = config.dtype === 'float64' ? 8 : 4
  const logits = (config.dtype === 'float16' ? 2 : bytes) * entries
  const labels = takesBoxes(config) ? bytesOfBoxes(config, run) : bytes * entries
  switch (config.graph) {
    case 'loss':
      return {
        inputs: logits + labels,
        work: bytesOfForm(config, scales, run, bytes) + bytes * perEntryOf(config) * entries,
      }
    case 'targets':
      return { inputs: labels, work: bytesOfTable(config, run) + perEntry.targets * bytes * entries }
    default:
      return { inputs: logits, work: perEntry.head * bytes * entries }
  }
}

const takesBoxes = ({ labels }: LossConfig): boolean => labels !== 'dense'

function bytesOfBoxes({ labels, maxBoxes }: LossConfig, { batch, boxes }: RunSize): number {
  const numbers = labels === 'weighted-boxes' ? boxNumbers + 1 : boxNumbers
  return 4 * numbers * batch * (maxBoxes ?? boxes)
}

/** Which rows of boxes share a cell. */
function bytesOfTable({ form, anchorMask, maxBoxes = 0 }: LossConfig, { batch }: RunSize): number {
  return form === 'static' ? bytesOfRows * batch * anchorMask.length * maxBoxes ** 2 : 0
}

/** Numbers for each entry of each cell beside those of the form. */
function perEntryOf(config: LossConfig): number {
  const { form, layout, dtype, diagnostics, gradients } = config
  const isCopied = form !== 'compact' && (layout !== 'nhwc' || dtype === 'float16')
  const areMade = takesBoxes(config) && (form === 'loop' || diagnostics)
  const parts = { copy: isCopied, labels: areMade, diagnostics, gradients }
  return sum(Object.entries(parts).map(([name, on]) => (on ? perEntry[name as keyof typeof parts] : 0)))
}

function bytesOfForm(config: LossConfig, scales: readonly Scale[], run: RunSize, bytes: number): number {
  const { batch, boxes, input } = run
  const cells = sum(scales.map((s) => s.cells))
  const entriesOfRow = boxEntries + config.classes
  const onScale = boxes / scales.length
  if (config.form === 'static') {
    const { maxBoxes = defaultMaxBoxes } = config
    if (takesBoxes(config))
      return Math.max(perCell.static * bytes * batch * cells * maxBoxes, bytesOfTable(config, run))
    return perCell.static * bytes * batch * cells * Math.max(...scales.map((s) => Math.min(maxBoxes + 1, s.cells)))
  }
  if (config.form === 'loop') {
    const fine = Math.max(...scales.map((s) => s.cells))
    return bytes * (perEntry.loop * batch * cells * entriesOfRow + perCell.loop * fine * onScale)
  }
  const pairs = sum(scales.map((s) => pairsPerBox(s, config.ignoreThreshold, input))) * onScale
  return batch * (perCell.compact * bytes * cells + bytesOfPair * pairs + 4 * bytes * boxes * entriesOfRow)
}
