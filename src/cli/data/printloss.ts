import { type AnyTensor, printable } from '../../io/index.js'
import type { Scalar } from '../../verify/index.js'
import { isUsual, type LossConfig, termNames } from '../../yolo/index.js'

const columns = [...termNames, 'ignore'] as const

/** A number as reports of losses have it. */
export const spelled = (x: Scalar): string =>
  typeof x === 'number' ? `${Number(x.toPrecision(7))}` : printable(String(x))

/**
 * What keras-yolo3 prints with `print_loss`: for each scale the loss up to it, its terms and the sum of its ignore
 * mask. Empty for a graph without components, for one that gives them by image, and for the loss of another implementation,
 * which is not the sum of these terms.
 */
export function printLoss(outputs: ReadonlyMap<string, AnyTensor>, config: LossConfig | undefined): string[] {
  if (config && !isUsual(config)) return []
  const lines: string[] = []
  let running = 0
  for (let l = 0; columns.every((name) => outputs.get(`${name}_${l}`)?.data.length === 1); l++) {
    const values = columns.map((name) => Number(outputs.get(`${name}_${l}`)?.data[0]))
    running += values.slice(0, termNames.length).reduce((a, b) => a + b)
    lines.push(`loss: ${[running, ...values].map((x) => `[${spelled(x)}]`).join('')}`)
  }
  return lines
}
