import type { LogLine, Told } from '../../../src/fit/index.js'
import { History } from '../../../src/view/curve/history.js'

/** A step of a training whose loss is what it is told to be. */
export const lineOf = (step: number, loss: Told, more: Partial<LogLine> = {}): LogLine => ({
  step,
  epoch: step / 10,
  loss,
  floor: 1,
  rate: 0.01,
  seconds: 0.5,
  terms: {},
  ...more,
})

/** A training of losses. */
export function historyOf(
  losses: readonly Told[],
  more: (step: number) => Partial<LogLine> = () => ({}),
  name = 'a.jsonl',
) {
  const history = new History(name)
  for (const [step, loss] of losses.entries()) history.add(lineOf(step, loss, more(step)))
  return history
}
