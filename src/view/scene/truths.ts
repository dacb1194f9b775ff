import { boxesName, boxNumbers, type LossConfig, whyNotLearnt } from '../../yolo/index.js'
import type { ViewedBox } from '../viewed.js'
import { type Asked, sizesOf } from './asked.js'

/** A row of labels of an image: scale, and flat index into `[h,w,A]`. */
export interface LabelRow {
  readonly scale: number
  readonly row: number
}

/** A true box of an image and the rows that are labelled with it: none where it was lost. */
export interface Truth extends Pick<ViewedBox, 'box' | 'class' | 'objectness' | 'lost'> {
  readonly rows: readonly LabelRow[]
}

/** The true boxes of every image. */
export const truthsOf = (asked: Asked): readonly (readonly Truth[])[] =>
  asked.assigned ? givenBoxes(asked, asked.assigned) : labelledBoxes(asked)

type Number4 = readonly [number, number, number, number]

/** Boxes as dense labels have them; one box at several scales is one. */
function labelledBoxes({ answers: { input }, input: [height, width], config }: Asked): Truth[][] {
  const images = input.labels[0]?.shape[0] ?? 0
  const found = Array.from({ length: images }, () => new Map<string, Truth>())
  for (const [scale] of config.anchorMask.entries()) {
    const { each, d } = sizesOf(input, scale)
    const data = input.labels[scale]?.data ?? []
    for (let i = 0; i < images * each; i++) {
      const label = Array.from(data.slice(i * d, (i + 1) * d))
      const [x = 0, y = 0, w = 0, h = 0, objectness = 0] = label
      if (objectness === 0) continue
      const [image, row] = [Math.floor(i / each), i % each]
      const of = { class: classOf(label), objectness }
      const key = [x, y, w, h, of.class].join()
      const box: Number4 = [(x - w / 2) * width, (y - h / 2) * height, (x + w / 2) * width, (y + h / 2) * height]
      const known = found[image]?.get(key)
      found[image]?.set(key, { box, ...of, rows: [...(known?.rows ?? []), { scale, row }] })
    }
  }
  return found.map((boxes) => [...boxes.values()])
}

/** The class of a label: that of the greatest number, the first of several. */
export function classOf(label: ArrayLike<number>): number {
  let best = 5
  for (let k = 6; k < label.length; k++) if ((label[k] ?? 0) > (label[best] ?? 0)) best = k
  return best - 5
}

interface Assigned {
  readonly written: NonNullable<Asked['assigned']>['written']
  readonly refused: readonly number[]
}

/** Boxes as they were given, with what became of each; rows of zeros that are padding are left out. */
function givenBoxes(asked: Asked, { written, refused }: Assigned): Truth[][] {
  const { feeds, config, answers, input } = asked
  const { shape, data } = feeds[boxesName] as { readonly shape: readonly number[]; readonly data: Float32Array }
  const [images = 0, T = 0, numbers = 0] = shape
  const last = new Map<string, number>()
  for (const { box, at } of written) for (const { scale, row } of at) last.set(`${scale} ${row}`, box)
  const of = new Map(written.map((w) => [w.box, w]))
  return Array.from({ length: images }, (_, image) =>
    Array.from({ length: T }, (_, t): Truth[] => {
      const box = image * T + t
      const row = data.subarray(box * numbers, (box + 1) * numbers)
      const at = of.get(box)?.at ?? []
      if (at.length === 0 && row.slice(0, 4).every((x) => x === 0)) return []
      const kept = at.filter(({ scale, row: place }) => last.get(`${scale} ${place}`) === box)
      const rows = kept.map(({ scale, row: place }) => ({ scale, row: place % sizesOf(answers.input, scale).each }))
      const winner = at[0] && last.get(`${at[0].scale} ${at[0].row}`)
      const lost = rows.length > 0 ? undefined : whyLost({ row, box, T, winner, refused, config, input })
      return [{ box: [...row.subarray(0, 4)] as unknown as Number4, class: row[4] ?? 0, objectness: row[boxNumbers] ?? 1, rows, ...(lost !== undefined && { lost }) }] // biome-ignore format: one row
    }).flat(),
  )
}

interface Lost {
  readonly row: Float32Array
  readonly box: number
  readonly T: number
  readonly winner: number | undefined
  readonly refused: readonly number[]
  readonly config: LossConfig
  readonly input: Asked['input']
}

/** Why no label has a box. */
function whyLost({ row, box, T, winner, refused, config, input }: Lost): string {
  if (winner !== undefined) return `overwritten by row ${winner % T} of the boxes, which has the same cell and anchor`
  const why = whyNotLearnt(row, input, config)
  if (refused.includes(box)) return `refused: ${why ?? 'its row is read with the anchor of another one'}`
  if (row[boxNumbers] === 0) return 'its objectness is 0'
  return why ?? 'a row of no width before it takes its place'
}
