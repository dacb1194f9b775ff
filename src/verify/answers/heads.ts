import { type DecodedHead, SIGMOID_ERROR, UNIT_ROUNDOFF } from '../../reference/index.js'
import { type Answer, exactly, vector } from './answer.js'
import type { Asked } from './inputs.js'

/** What float32 loses of a number near 0. */
const smallest = 2 ** -126

/** An output of a decoded head; undefined for a name that it does not have. */
export function headAnswer(name: string, head: DecodedHead, { input, sizes }: Asked, l: number): Answer | undefined {
  const { b = 0, h = 0, w = 0, a = 0, d = 0 } = sizes[l] ?? {}
  const cells = [b, h, w, a]
  const even = (values: Float64Array, last: number, error: number) =>
    vector(
      [...cells, last],
      values,
      values.map((x) => (Number.isFinite(x) ? error + 4 * UNIT_ROUNDOFF * Math.abs(x) + smallest : 0)),
    )
  const answers: Readonly<Record<string, () => Answer>> = {
    box_xy: () => even(head.xy, 2, SIGMOID_ERROR),
    box_wh: () => even(head.wh, 2, 0),
    box_confidence: () => even(head.confidence, 1, SIGMOID_ERROR),
    box_class_probs: () => even(head.probabilities, d - 5, SIGMOID_ERROR),
    logits: () => exactly([...cells, d], input.logits[l]?.data ?? []),
    grid: () => exactly([h, w, 1, 2], placesIn(h, w)),
  }
  return Object.hasOwn(answers, name) ? answers[name]?.() : undefined
}

/** Column and row of each cell. */
const placesIn = (h: number, w: number): number[] =>
  Array.from({ length: h }, (_, row) => Array.from({ length: w }, (_, column) => [column, row])).flat(2)
