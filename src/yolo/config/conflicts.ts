import type { LossConfig } from './config.js'
import type { Conflict } from './conflict.js'
import { formOf, formsThat } from './forms.js'
import { boxKeys, defaultMaxBoxes, options, outputKeys } from './options.js'
import { type RuntimeFacts, runtimeOf } from './runtimes.js'
import { ofSemantics } from './semanticconflicts.js'
import { boxEntries, boxNumbers, coarsestStride } from './vocabulary.js'

const uneven = ({ anchorMask }: LossConfig) => anchorMask.find((mask) => mask.length !== anchorMask[0]?.length)
const outside = ({ anchors, anchorMask }: LossConfig) => anchorMask.flat().find((index) => index >= anchors.length)
const needs = ({ form }: LossConfig, key: 'batch' | 'input') => formOf(form).needs.includes(key)
const takes = ({ form }: LossConfig, key: 'maxBoxes' | 'divisionFree') => formOf(form).takes.includes(key)

const ofHeads = [...outputKeys, 'normalizer' as const].map(
  (key): Conflict => ({
    key,
    when: (c) => c.graph !== 'loss' && c[key],
    why: (c) => `asks for something of the loss, but "graph" is "${c.graph}"`,
  }),
)

const takesBoxes = ({ labels }: LossConfig): boolean => labels !== 'dense'

const ofBoxes = boxKeys.map(
  (key): Conflict => ({
    key,
    when: (c) => !takesBoxes(c) && c[key] !== options[key].default,
    why: () => 'says how boxes are read, but "labels" is "dense"',
  }),
)

const assigning = formsThat((form) => form.assigns)

/** What the target assignment alone cannot be. */
const ofTargets = (key: Conflict['key'], when: Conflict['when'], why: Conflict['why']): Conflict => ({
  key,
  when: (c) => c.graph === 'targets' && when(c),
  why: (c) => `must be ${why(c)} for the graph of targets`,
})

/** What the runtime that a graph is for does not take. */
const ofRuntime = (
  key: Conflict['key'],
  why: (facts: RuntimeFacts, c: LossConfig) => string | false | 0 | undefined,
): Conflict => ({
  key,
  when: (c) => c.for && why(runtimeOf(c.for), c),
  why: (c) => `must be ${c.for && why(runtimeOf(c.for), c)}`,
})

// Constants have a number for each row, tables one for each pair of rows of an image: of more pairs, over 4 GiB.
const mostRows = 2 ** 20
const mostPairs = 2 ** 30
const rowsOf = ({ batch = 1, maxBoxes = defaultMaxBoxes }: LossConfig): number => batch * maxBoxes
const pairsOf = (c: LossConfig): number => rowsOf(c) * (c.maxBoxes ?? defaultMaxBoxes)

// More than a runtime could hold, and far from where numbers of JavaScript and int64 end.
const mostElements = 2 ** 40
/** Numbers in the largest input, as far as its sizes are fixed. */
function elementsOf({
  batch = 1,
  input: [h, w] = [0, 0],
  anchorMask,
  classes,
  labels,
  maxBoxes = 1,
}: LossConfig): number {
  const finest = (coarsestStride / 2 ** (anchorMask.length - 1)) ** 2
  const logits = ((h * w) / finest) * (anchorMask[0]?.length ?? 1) * (boxEntries + classes)
  return batch * Math.max(1, logits, labels === 'dense' ? 0 : boxNumbers * maxBoxes)
}
const tabulated = (c: LossConfig): boolean => takesBoxes(c) && takes(c, 'maxBoxes')

/** Each scale halves the stride of the one before; the sixth is the last that is not finer than a pixel. */
const mostScales = 16

const conflicts: readonly Conflict[] = [
  ...ofSemantics,
  {
    key: 'anchorMask',
    when: (c) => c.anchorMask.length > mostScales,
    why: (c) => `has ${c.anchorMask.length} scales, and ${mostScales} is the most`,
  },
  {
    key: 'anchorMask',
    when: uneven,
    why: (c) => `must give every scale as many anchors, got ${c.anchorMask[0]?.length} and ${uneven(c)?.length}`,
  },
  {
    key: 'anchorMask',
    when: outside,
    why: (c) => `names anchor ${outside(c)}, but there are ${c.anchors.length} (0 to ${c.anchors.length - 1})`,
  },
  ...ofHeads,
  ofTargets(
    'labels',
    (c) => !takesBoxes(c),
    () => 'boxes or weighted-boxes',
  ),
  ofTargets(
    'form',
    (c) => !formOf(c.form).assigns,
    () => assigning,
  ),
  ofTargets(
    'input',
    (c) => !c.input,
    () => 'given, as [height, width],',
  ),
  ...ofBoxes,
  {
    key: 'labels',
    when: (c) => takesBoxes(c) && c.graph.startsWith('head'),
    why: (c) => `says what the loss is given, but "graph" is "${c.graph}"`,
  },
  {
    key: 'maxBoxes',
    when: (c) => c.maxBoxes && !takes(c, 'maxBoxes') && !takesBoxes(c),
    why: (c) => `limits the static form, and boxes as labels, not "${c.form}" from dense labels`,
  },
  {
    key: 'batch',
    when: (c) => elementsOf(c) > mostElements,
    why: (c) => `makes an input of ${elementsOf(c)} numbers, more than ${mostElements}`,
  },
  {
    key: 'batch',
    when: (c) => tabulated(c) && rowsOf(c) > mostRows,
    why: (c) => `makes ${rowsOf(c)} rows of boxes, more than ${mostRows}`,
  },
  {
    key: 'maxBoxes',
    when: (c) => tabulated(c) && pairsOf(c) > mostPairs,
    why: (c) => `makes ${pairsOf(c)} pairs of boxes with the batch, more than ${mostPairs}`,
  },
  { key: 'batch', when: (c) => needs(c, 'batch') && !c.batch, why: (c) => `must be given for the ${c.form} form` },
  {
    key: 'input',
    when: (c) => needs(c, 'input') && !c.input,
    why: (c) => `must be given for the ${c.form} form: [height, width]`,
  },
  {
    key: 'divisionFree',
    when: (c) => c.divisionFree && (!takes(c, 'divisionFree') || c.ignoreThreshold === 0),
    why: (c) => `is for the static form and thresholds above 0, not "${c.form}" and ${c.ignoreThreshold}`,
  },
  {
    key: 'normalizer',
    when: (c) => c.normalizer && c.reduction !== 'batch-mean',
    why: (c) => `divides in place of the batch, but reduction "${c.reduction}" divides by nothing`,
  },
  {
    key: 'lossRank',
    when: (c) => c.lossRank === 1 && c.reduction === 'none',
    why: () => 'is of no use: reduction "none" gives [B]',
  },
  ofRuntime('form', (r, c) => !r.forms.includes(c.form) && `${r.forms.join(' or ')} for ${c.for}, ${r.because}`),
  ofRuntime(
    'dtype',
    (r, c) => r.notFloat64 && c.dtype === 'float64' && `float32 or float16 for ${c.for}: ${r.notFloat64}`,
  ),
  ofRuntime(
    'reduction',
    (r, c) => r.notEach && c.reduction === 'none' && `batch-mean or sum for ${c.for}: ${r.notEach}`,
  ),
  ofRuntime('opset', (r, c) => r.upTo && c.opset > r.upTo && `at most ${r.upTo} for ${c.for}`),
  ofRuntime('labels', (r, c) => r.notBoxes && c.labels !== 'dense' && `dense for ${c.for}: ${r.notBoxes}`),
  ofRuntime('gradients', (r, c) => r.notGradients && c.gradients && `false for ${c.for}: ${r.notGradients}`),
]

/** The first options that do not fit together. */
export const conflictIn = (config: LossConfig): Conflict | undefined => conflicts.find(({ when }) => when(config))
