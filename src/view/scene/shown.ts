import type { Grid, ScaleRows } from '../../reference/index.js'
import { boxEntries } from '../../yolo/index.js'
import type { ShownRow } from '../viewed.js'
import { type Asked, sizesOf } from './asked.js'
import type { Truth } from './truths.js'

/** What the rows of an image at a scale are chosen and told by. */
export interface Within {
  readonly asked: Asked
  readonly rows: ScaleRows
  readonly truths: readonly Truth[]
  readonly image: number
  readonly scale: number
  /** Those of the batch's worst rows that lie here. */
  readonly worst: ReadonlySet<number>
}

type Why = ShownRow['why']

/** Rows whose centre is within one cell of that of a true box of this scale. */
function near({ asked: { answers, input }, truths, scale }: Within): number[] {
  const { h, w, a } = sizesOf(answers.input, scale)
  const around = (centre: number, cells: number) =>
    Array.from({ length: cells }, (_, i) => i).filter((i) => Math.abs(i + 0.5 - centre * cells) <= 1)
  return truths
    .filter(({ rows }) => rows.some((row) => row.scale === scale))
    .flatMap(({ box: [x1, y1, x2, y2] }) => {
      const columns = around((x1 + x2) / 2 / input[1], w)
      return around((y1 + y2) / 2 / input[0], h).flatMap((row) =>
        columns.flatMap((column) => Array.from({ length: a }, (_, k) => (row * w + column) * a + k)),
      )
    })
}

/** Which rows are shown with all they have, and why, ascending. */
function chosen(within: Within): (readonly [row: number, why: Why])[] {
  const { asked, truths, scale, worst } = within
  const why = new Map<number, Why>()
  if (asked.full) for (let row = 0; row < sizesOf(asked.answers.input, scale).each; row++) why.set(row, 'all')
  for (const row of worst) why.set(row, 'worst')
  for (const row of near(within)) why.set(row, 'near')
  for (const { rows } of truths) for (const own of rows) if (own.scale === scale) why.set(own.row, 'positive')
  return [...why].sort(([a], [b]) => a - b)
}

/** The rows of an image at a scale with all they have. */
export const shownRows = (within: Within): ShownRow[] => chosen(within).map(([row, why]) => shown(within, row, why))

function shown({ asked, rows, truths, image, scale }: Within, row: number, why: Why): ShownRow {
  const { each, d } = sizesOf(asked.answers.input, scale)
  const index = image * each + row
  const { terms, gradient, object } = rows.detail(index)
  const part = ({ data }: Grid) => Float64Array.from(data.subarray(index * d, (index + 1) * d))
  const of = truths.findIndex((truth) => truth.rows.some((own) => own.scale === scale && own.row === row))
  const graph = graphsOwn(asked, scale, index, d)
  return {
    row,
    why,
    ...(of >= 0 && { of }),
    logits: part(asked.answers.input.logits[scale] as Grid),
    ...(object && {
      labels: part(asked.answers.input.labels[scale] as Grid),
      targets: [...object.targets, object.scale],
    }),
    terms,
    gradient,
    ...(graph && { graph }),
  }
}

const boxGradients = ['grad t_x', 'grad t_y', 'grad t_w', 'grad t_h', 'grad objectness'] as const

/** What a graph has of a row: κ, and the derivatives by its first five logits. */
function graphsOwn({ beside }: Asked, scale: number, index: number, d: number): Record<string, number> | undefined {
  const { ignoreMask, gradient } = beside?.scales[scale] ?? {}
  if (!ignoreMask && !gradient) return undefined
  const own: Record<string, number> = ignoreMask ? { ignore_mask: ignoreMask[index] ?? Number.NaN } : {}
  for (let k = 0; gradient && k < boxEntries; k++)
    own[boxGradients[k] as string] = gradient[index * d + k] ?? Number.NaN
  return own
}
