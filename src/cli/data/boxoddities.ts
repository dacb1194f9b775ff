import { type AnyTensor, float32, sizeOf, type Tensor, withRemedy } from '../../io/index.js'
import { type BoxFinding, boxesName, boxNumbers, type LossConfig, lintBoxes, ofScale } from '../../yolo/index.js'
import { headSizes, inputSize } from './headsizes.js'

/** What is told of boxes beside a loss; what reaches out of the image or is many is for `targets --lint`. */
const told: Readonly<Partial<Record<BoxFinding['kind'], string>>> = {
  refused: 'correct the box, or export with --bad-boxes drop',
  'zero-size': 'remove the row, export with --padding anywhere if zeros stand before boxes, or with --guard',
  overwritten: 'one of them is not learnt',
  lost: 'give the anchor a mask, or remove the box',
}

/** The feeds with labels of zeros, beside which only logits are odd. */
export function withoutLabels(feeds: ReadonlyMap<string, AnyTensor>, config: LossConfig): Map<string, AnyTensor> {
  const zeros = config.anchorMask.flatMap((_, l): [string, AnyTensor][] => {
    const logits = feeds.get(ofScale('y_pred', l))
    if (!logits) return []
    const { b, h, w, a, d } = headSizes(logits, config, l)
    const shape = [b, h, w, a, d]
    return [[ofScale('y_true', l), float32(shape, new Float32Array(sizeOf(shape)))]]
  })
  return new Map([...feeds, ...zeros])
}

/** The first five numbers of each row, and where those that count stood: all, or those that have a width. */
function rowsOf(boxes: Tensor<'float32'>, { padding }: LossConfig) {
  const [batch = 0, rows = 0, numbers = 0] = boxes.shape
  const data = new Float32Array(batch * rows * boxNumbers)
  const places = Array.from({ length: batch }, (_, image) => {
    const own = Array.from({ length: rows }, (_, t) => t).filter((t) => {
      const start = (image * rows + t) * numbers
      const width = (boxes.data[start + 2] ?? 0) - (boxes.data[start] ?? 0)
      return padding === 'original' || !(width <= 0)
    })
    for (const [i, t] of own.entries()) {
      const start = (image * rows + t) * numbers
      data.set(boxes.data.subarray(start, start + boxNumbers), (image * rows + i) * boxNumbers)
    }
    return own
  })
  return { table: float32([batch, rows, boxNumbers], data), places }
}

/** What is odd in boxes, rows counted as they were given. */
export function boxFindings(feeds: ReadonlyMap<string, AnyTensor>, config: LossConfig): BoxFinding[] {
  const boxes = feeds.get(boxesName)
  const coarsest = feeds.get(ofScale('y_pred', 0))
  if (boxes?.dtype !== 'float32') return []
  const size = coarsest ? inputSize(coarsest, config) : config.input
  if (!size) return []
  const { table, places } = rowsOf(boxes as Tensor<'float32'>, config)
  const own = (image: number, row: number) => places[image]?.[row] ?? row
  return lintBoxes(table, size, config)
    .filter(({ kind }) => told[kind] !== undefined)
    .map(({ by, ...found }) => ({
      ...found,
      row: own(found.image, found.row),
      ...(by === undefined ? {} : { by: own(found.image, by) }),
    }))
}

/** Whether a finding makes a loss NaN or infinite. */
const isBlamed = ({ kind }: BoxFinding, { guard, badBoxes }: LossConfig): boolean =>
  kind === 'refused' ? badBoxes === 'nan' : kind === 'zero-size' && !guard

/** A sentence for the first finding of each kind, with how many there are. */
export function boxSentences(loss: number, findings: readonly BoxFinding[], config: LossConfig): string[] {
  const kinds = [...new Set(findings.map(({ kind }) => kind))]
  const remedies = { ...told, ...(config.badBoxes === 'drop' && { refused: 'correct the box' }) }
  return kinds.map((kind) => {
    const own = findings.filter((found) => found.kind === kind)
    const { image, row, what, by } = own[0] as BoxFinding
    const other = by === undefined ? '' : ` ${boxesName}[${image}][${by}]`
    const more = own.length > 1 ? ` (${own.length} such)` : ''
    const blamed = !Number.isFinite(loss) && isBlamed(own[0] as BoxFinding, config)
    const spelled = Number.isNaN(loss) ? 'NaN' : loss > 0 ? '+inf' : '-inf'
    const start = blamed ? `loss is ${spelled} because ` : 'note: '
    return withRemedy(`${start}${boxesName}[${image}][${row}] ${what}${other}${more}`, remedies[kind])
  })
}

/** What a graph says itself of boxes that it refused, where nothing else explains a loss that is not finite. */
export function refusedSentence(
  loss: number,
  inputs: ReadonlyMap<string, AnyTensor>,
  outputs: ReadonlyMap<string, AnyTensor>,
  { badBoxes }: LossConfig,
): string | undefined {
  const [count, first] = ['boxes_refused', 'first_refused'].map((name) => Number(outputs.get(name)?.data[0]))
  const [, rows = 0] = inputs.get(boxesName)?.shape ?? []
  if (!Number.isNaN(loss) || badBoxes === 'drop' || !count || first === undefined || !(rows > 0)) return undefined
  const more = count > 1 ? ` (${count} such)` : ''
  const what = `loss is NaN because ${boxesName}[${Math.floor(first / rows)}][${first % rows}] is refused${more}`
  return withRemedy(what, told.refused)
}

/** Whether boxes explain a loss that is not finite. */
export const boxesExplain = (findings: readonly BoxFinding[], config: LossConfig): boolean =>
  findings.some((found) => isBlamed(found, config))
