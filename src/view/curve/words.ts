import { duration, printable } from '../../io/index.js'
import type { History } from './history.js'
import { brief } from './scale.js'
import { joined, type Span } from './span.js'
import { stemOf } from './terms.js'

/** What is told of a number of a training. */
export interface Summary {
  readonly first: number
  readonly last: number
  readonly least: number
  readonly most: number
  /** How many steps have a number, and how many one that is NaN or infinite. */
  readonly steps: number
  readonly missing: number
}

/** Nothing where no step has the number. */
export function summaryOf(spans: readonly Span[]): Summary | undefined {
  const full = spans.filter(({ count }) => count > 0)
  const [first, last] = [full[0], full.at(-1)]
  if (!first || !last) return undefined
  const { least, most, count, missing } = joined(spans)
  return { first: first.mean, last: last.mean, least, most, steps: count, missing }
}

const toward = (name: string, { first, last, least, steps }: Summary): string =>
  steps === 1 ? `${name} ${brief(last)}` : `${name} ${brief(first)} to ${brief(last)}, least ${brief(least)}`

const number = (run: History, name: string): string[] => {
  const found = summaryOf(run.spans(name))
  return found ? [toward(name, found)] : []
}

/** The terms at the end, those of all scales together. */
function termsOf(run: History): string[] {
  const stems = [...new Set(run.terms.map(stemOf))]
  return stems.map((stem) => {
    const last = run.terms.flatMap((term) => {
      const found = stemOf(term) === stem ? summaryOf(run.spansOf(term)) : undefined
      return found ? [`${printable(term)} ${brief(found.last)}`] : []
    })
    return `at the end ${last.join(', ')}`
  })
}

const counted = (steps: number): string => `${steps} step${steps === 1 ? '' : 's'}`

/** A training in a few sentences, for those who do not see its curves. */
export function wordsOf(run: History): string[] {
  const { last, steps, seconds } = run
  const rate = summaryOf(run.spans('rate'))
  const missing = run.spans('loss').reduce((sum, span) => sum + span.missing, 0)
  return [
    `${counted(steps)}, to epoch ${brief(last?.epoch ?? 0)}, in ${duration(seconds)}`,
    ...number(run, 'loss'),
    ...number(run, 'floor'),
    ...number(run, 'excess'),
    ...number(run, 'validation'),
    ...(rate ? [`learning rate up to ${brief(rate.most)}`] : []),
    ...(missing > 0 ? [`the loss is NaN or infinite at ${counted(missing)}`] : []),
    ...termsOf(run),
  ]
}
