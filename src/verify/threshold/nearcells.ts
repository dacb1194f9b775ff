import type { AnyTensor, Tensor } from '../../io/index.js'
import { crossEntropy, type OracleInput, type ScaleResult, yoloLoss } from '../../reference/index.js'
import { type Feeds, type Provider, providers } from '../../runtime/index.js'
import { type CellPlace, ofScale, type ScaleName } from '../../yolo/index.js'
import type { CaseConfig } from '../cases/caseconfig.js'
import { indexOf } from '../compare/scalar.js'

/** A cell whose best IoU lies so close to the threshold that rounding decides whether it is ignored. */
export interface NearCell extends CellPlace {
  /** In float64. */
  readonly bestIou: number
  /** How far rounding may move it on this provider. */
  readonly margin: number
  /** Whether it fell on the other side than in the reference; undefined where no mask is an output. */
  readonly flipped?: boolean
  /** What that does to the confidence term of its scale. */
  readonly confidenceChange: number
  /** What it does to the sum of the ignore mask. */
  readonly maskChange: 1 | -1
}

export interface MaskCell extends NearCell {
  /** Its place in the mask. */
  readonly place: number
}

export const isFloat = (t: AnyTensor | undefined): t is Tensor<'float32' | 'float64'> =>
  t?.dtype === 'float32' || t?.dtype === 'float64'

/** The inputs as the reference takes them; undefined for another layout or element type. */
function oracleInput(config: CaseConfig, feeds: Feeds): OracleInput | undefined {
  const grids = (name: ScaleName) => config.anchorMask.map((_, l) => feeds[ofScale(name, l)])
  const [logits, labels] = [grids('y_pred'), grids('y_true')]
  if (config.layout !== 'nhwc' || !logits.every(isFloat) || !labels.every(isFloat)) return undefined
  return { ...config, logits, labels }
}

function cellsNear(scale: number, result: ScaleResult, input: OracleInput, factor: number, weight: number): MaskCell[] {
  const { logits, labels } = input
  const [shape, truth] = [labels[scale]?.shape ?? [], labels[scale]?.data ?? []]
  const values = logits[scale]?.data ?? []
  const entries = shape[4] ?? 1
  const found: MaskCell[] = []
  for (const [place, bestIou] of result.bestIou.entries()) {
    const margin = factor * (result.iouMargin[place] ?? 0)
    if (Math.abs(bestIou - input.ignoreThreshold) >= margin || Number.isNaN(bestIou)) continue
    const [image = 0, row = 0, column = 0, anchor = 0] = indexOf(place, shape.slice(0, 4))
    const [o, t] = [truth[place * entries + 4] ?? 0, values[place * entries + 4] ?? 0]
    const maskChange = result.ignoreMask[place] ? -1 : 1
    const confidenceChange = maskChange * (1 - o) * crossEntropy(o, t) * weight
    found.push({ scale, image, row, column, anchor, bestIou, margin, confidenceChange, maskChange, place })
  }
  return found
}

/** The cells of a case that lie near the threshold on a provider; none for cases that are not ours. */
export function nearCells(config: CaseConfig | undefined, feeds: Feeds, provider: Provider): MaskCell[] {
  const input = config && oracleInput(config, feeds)
  const batch = input?.labels[0]?.shape[0] ?? 1
  const weight = config?.confidenceWeight?.(batch)
  if (!input || weight === undefined) return []
  // The margins are those of float32 on a CPU.
  const { rounding } = providers[provider]
  return yoloLoss(input).scales.flatMap((result, l) => cellsNear(l, result, input, rounding, weight))
}
