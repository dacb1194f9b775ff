import type { Real, Tensor } from '../../io/index.js'
import { boxEntries, ofScale } from '../../yolo/index.js'
import type { NoteKind } from '../note.js'
import { type Looked, logitsOf, placeIn } from './subject.js'

/** float16 keeps bits, and those of the numbers from 0 to 1 are the first. */
const inUnit = ({ dtype, data }: Tensor<Real>, i: number): boolean =>
  dtype === 'float16' ? (data[i] as number) <= 0x3c00 : (data[i] as number) >= 0 && (data[i] as number) <= 1

/** Whether all entries from the objectness on lie from 0 to 1, and are not all the same. */
function areProbabilities({ dtype, data, shape }: Tensor<Real>, layout: string, entries: number): boolean {
  const t = { dtype, data, shape } as Tensor<Real>
  const isLast = layout === 'nhwc' || layout === 'nahwc'
  const cells = isLast ? 1 : (shape.at(-1) ?? 0) * (shape.at(-2) ?? 0)
  const first = data[(boxEntries - 1) * cells]
  let differs = false
  for (let i = 0; i < data.length; i++) {
    if (Math.floor(i / cells) % entries < boxEntries - 1) continue
    if (!inUnit(t, i)) return false
    differs ||= data[i] !== first
  }
  return differs
}

/** Heads behind their sigmoid, which the loss applies itself. */
export const logitsLikeProbabilities: NoteKind<Looked> = {
  code: 'logits-like-probabilities',
  what: 'every objectness and class lies from 0 to 1: they look like probabilities, where logits are meant',
  remedy: 'give the heads as they are before the sigmoid, which the loss applies itself',
  find: ({ subject }) => {
    const { config } = subject
    const entries = boxEntries + config.classes
    const all = config.anchorMask.flatMap((_, l) => logitsOf(subject, l) ?? [])
    if (all.length === 0 || !all.every((t) => areProbabilities(t, config.layout, entries))) return undefined
    const numbers = all.reduce((sum, { data }) => sum + data.length, 0)
    return { where: placeIn(subject, ofScale('y_pred', 0)), values: { scales: all.length, numbers } }
  },
}
