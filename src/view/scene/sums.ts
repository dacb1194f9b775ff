import { type ScaleRows, sigmoid, type Terms } from '../../reference/index.js'
import { ofEachTerm, termNames } from '../../yolo/index.js'
import type { Group, Histogram, Side, Sums } from '../viewed.js'
import { type Asked, sizesOf } from './asked.js'
import type { Truth } from './truths.js'

/** The sums of the terms by scale, and of positives by class and by size. */
export function sumsOf(
  asked: Asked,
  rows: readonly ScaleRows[],
  truths: readonly (readonly Truth[])[],
): NonNullable<Side['sums']> {
  const scales = rows.map(({ terms }): Sums => ofEachTerm((name) => terms[name].reduce((sum, x) => sum + x, 0)))
  const [classes, sizes] = [new Map<string, Group>(), new Map<string, Group>()]
  for (const [image, boxes] of truths.entries())
    for (const truth of boxes)
      for (const { scale, row } of truth.rows) {
        const { terms } = (rows[scale] as ScaleRows).detail(image * sizesOf(asked.answers.input, scale).each + row)
        add(classes, nameOf(asked, truth.class), terms)
        add(sizes, sizeOf(truth), terms)
      }
  const inOrder = [...classes.values()].sort((a, b) => totalOf(b) - totalOf(a))
  return { scales, classes: inOrder, sizes: sizeNames.flatMap((name) => sizes.get(name) ?? []) }
}

const totalOf = (sums: Sums): number => {
  const total = termNames.reduce((sum, name) => sum + sums[name], 0)
  return Number.isNaN(total) ? Number.POSITIVE_INFINITY : total
}

function add(groups: Map<string, Group>, name: string, terms: Terms<number>): void {
  const known = groups.get(name)
  const sums = ofEachTerm((term) => (known?.[term] ?? 0) + terms[term])
  groups.set(name, { name, positives: (known?.positives ?? 0) + 1, ...sums })
}

/** The name of a class; its number where there are no names. */
export const nameOf = ({ classNames }: Asked, index: number): string => classNames?.[index] ?? `class ${index}`

/** As COCO parts them, in pixels of the network input. */
const sizeNames = ['small, below 32² px', 'medium, below 96² px', 'large'] as const

const sizeOf = ({ box: [x1, y1, x2, y2] }: Truth): string => {
  const area = (x2 - x1) * (y2 - y1)
  return sizeNames[area < 32 ** 2 ? 0 : area < 96 ** 2 ? 1 : 2]
}

const bins = 20

/** Numbers from 0 to 1 in twenty bins; NaN is in none. */
function histogram(values: Iterable<number>): Histogram {
  const counts = new Array<number>(bins).fill(0)
  for (const x of values) {
    const bin = Math.min(Math.floor(x * bins), bins - 1)
    if (bin >= 0) counts[bin] = (counts[bin] ?? 0) + 1
  }
  return { edges: Array.from({ length: bins + 1 }, (_, i) => i / bins), counts }
}

/** IoUs of positives, and the objectness of all rows that count as background. */
export function histogramsOf(
  { answers: { input } }: Asked,
  rows: readonly ScaleRows[],
  ious: readonly number[],
): NonNullable<Side['histograms']> {
  return { iou: histogram(ious), objectness: histogram(background()) }

  function* background(): Generator<number> {
    for (const [scale, { mask }] of rows.entries()) {
      const { d } = sizesOf(input, scale)
      const [labels, logits] = [input.labels[scale]?.data ?? [], input.logits[scale]?.data ?? []]
      for (let i = 0; i < mask.length; i++)
        if (mask[i] === 1 && labels[i * d + 4] === 0) yield sigmoid(logits[i * d + 4] ?? Number.NaN)
    }
  }
}
