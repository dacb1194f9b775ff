import type { ScaleRows } from '../../reference/index.js'
import type { Answer, Beside } from '../../verify/index.js'
import type { Side, ViewedBox, ViewedConfig, ViewedImage } from '../viewed.js'
import { type Asked, asked as askedOf, type Scene, sizesOf } from './asked.js'
import { findingsOf } from './findings.js'
import { type Ranked, rowsOf, worstListed, worstOf } from './rows.js'
import { scaleOf } from './scales.js'
import { histogramsOf, nameOf, sumsOf } from './sums.js'
import { type Truth, truthsOf } from './truths.js'

/**
 * What a page shows of a batch: the float64 reference's numbers, row by row. Runs in browsers too.
 * @throws InputError for arrays that are not those of a loss of the configuration, and for boxes alone of which nobody
 *   says the input size
 */
export function sideOf(scene: Scene): Side {
  const asked = askedOf(scene)
  const rows = rowsOf(asked)
  const truths = truthsOf(asked)
  const worst = asked.hasLogits ? worstOf(asked, rows) : []
  const images = truths.map((boxes, image) => imageOf(asked, rows, boxes, image, worst))
  return {
    name: scene.name,
    config: configOf(asked),
    floor: totalOf(asked.answers.of('entropy_floor')),
    batch: asked.answers.averaging.divisor,
    findings: findingsOf(asked, truths),
    worst: worst.slice(0, worstListed).map(({ total: _, ...place }) => place),
    images,
    ...(scene.beside && graphOf(scene.beside, scene.graph)),
    ...(asked.hasLogits && {
      loss: totalOf(asked.answers.of('loss')),
      sums: sumsOf(asked, rows, truths),
      histograms: histogramsOf(asked, rows, iousOf(images)),
    }),
  }
}

/** What a graph gave, and its name. */
const graphOf = ({ outputs, loss }: Beside, name = 'the graph'): Pick<Side, 'outputs' | 'graph'> => ({
  outputs: outputs.map((output) => ({ ...output, differs: output.differing > 0 })),
  graph: { name, ...(loss !== undefined && { loss }) },
})

/** The sum over images of what is given for each of them. */
const totalOf = (answer: Answer | undefined): number =>
  answer ? Array.from(answer.values).reduce((sum, x) => sum + x, 0) : Number.NaN

const iousOf = (images: readonly ViewedImage[]): number[] =>
  images.flatMap(({ boxes }) => boxes.flatMap(({ iou }) => iou ?? []))

function configOf(asked: Asked): ViewedConfig {
  const { ignoreThreshold, classes } = asked.config
  const names = Array.from({ length: classes }, (_, c) => nameOf(asked, c))
  return { classes: names, ignoreThreshold, input: asked.input }
}

function imageOf(
  asked: Asked,
  rows: readonly ScaleRows[],
  truths: readonly Truth[],
  image: number,
  worst: readonly Ranked[],
): ViewedImage {
  const { name = `image ${image}`, picture } = asked.images?.[image] ?? {}
  const here = worst.filter((place) => place.image === image)
  return {
    name,
    ...(picture !== undefined && { picture }),
    boxes: truths.map((truth) => boxOf(asked, rows, truth, image)),
    ...(asked.answers.averaging.refused.has(image) && { refused: true as const }),
    scales: rows.map((own, scale) => {
      const worstRows = here.filter((place) => place.scale === scale).map(({ row }) => row)
      return scaleOf({ asked, rows: own, truths, image, scale, worst: new Set(worstRows) })
    }),
  }
}

function boxOf(asked: Asked, rows: readonly ScaleRows[], truth: Truth, image: number): ViewedBox {
  const { rows: own, ...box } = truth
  const [first] = own
  if (!first) return box
  const place = { image, ...first }
  const index = image * sizesOf(asked.answers.input, first.scale).each + first.row
  const detail = asked.hasLogits ? rows[first.scale]?.detail(index) : undefined
  if (!detail?.object) return { ...box, place }
  const { x, y, w, h } = detail.predicted
  const [height, width] = asked.input
  const predicted = [(x - w / 2) * width, (y - h / 2) * height, (x + w / 2) * width, (y + h / 2) * height] as const
  return { ...box, place, predicted, iou: detail.object.iou }
}
