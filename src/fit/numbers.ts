import type { Tensor } from '../io/index.js'
import { isCarried } from './opened.js'

const sum = (data: ArrayLike<number | bigint>): number => Array.from(data, Number).reduce((a, b) => a + b, 0)

/** The numbers among the outputs of a step: those of one element, and the loss of each image added up. */
export function numbersIn(outputs: ReadonlyMap<string, Tensor>): Record<string, number> {
  const few = [...outputs].filter(([name, { data }]) => !isCarried(name) && (data.length === 1 || name === 'loss'))
  return Object.fromEntries(few.map(([name, { data }]) => [name, sum(data)]))
}
