import type { Axis, History } from './history.js'
import { fitting, type Scale } from './scale.js'
import type { Span } from './span.js'
import { stemOf } from './terms.js'

/** A line on a panel. */
export interface Series {
  readonly name: string
  /** Whose it is, by its place among the trainings, which decides its pattern. */
  readonly run: number
  /** Of several trainings, that of its own; of one, its place among the lines. */
  readonly colour: number
  /** Floors are bounds, not measured; points are few, and each is marked. */
  readonly look: 'line' | 'floor' | 'points'
  readonly spans: readonly Span[]
}

/** Lines that have axes in common. */
export interface Panel {
  readonly title: string
  readonly series: readonly Series[]
  /** Whether it is about one number, which its title names. */
  readonly single: boolean
  /** What part of the width it takes: the whole of it, a half, a third. */
  readonly part: 1 | 2 | 3
}

/** Whether lines go anywhere: counts that are the same at every step are told in words alone. */
const moves = ({ series }: Panel): boolean => {
  const full = series.flatMap(({ spans }) => spans.filter(({ count, missing }) => count + missing > 0))
  return full.length < 2 || full.some(({ least, most }) => !(least === full[0]?.least && most === least))
}

/** What a training has of a panel's lines, each with its look. */
type Line = readonly [name: string, look: Series['look'], spans: (run: History) => Span[]]

function panelOf(title: string, part: Panel['part'], runs: readonly History[], lines: readonly Line[]): Panel {
  const series = lines.flatMap(([name, look, spansOf], rank) =>
    runs.flatMap((history, run) => {
      const spans = spansOf(history)
      const colour = runs.length > 1 ? run : rank
      return spans.some(({ count, missing }) => count + missing > 0) ? [{ name, run, colour, look, spans }] : []
    }),
  )
  return { title, series, part, single: lines.length === 1 }
}

/**
 * What is drawn of trainings: the loss, its excess over the floor, the learning rate, and the terms: of one training those
 * of all scales together, of several each by itself.
 */
export function panelsOf(runs: readonly History[], axis: Axis): Panel[] {
  const own = (name: string, look: Series['look'] = 'line'): Line => [name, look, (run) => run.spans(name, axis)]
  const term = (name: string): Line => [name, 'line', (run) => run.spansOf(name, axis)]
  const terms = [...new Set(runs.flatMap((run) => run.terms))]
  const titles = runs.length > 1 ? terms : [...new Set(terms.map(stemOf))]
  const main = [
    panelOf('loss', 1, runs, [own('loss'), own('floor', 'floor'), own('validation', 'points')]),
    panelOf('excess: the loss above its floor', 2, runs, [own('excess')]),
    panelOf('learning rate', 2, runs, [own('rate')]),
  ]
  const ofTerms = titles.map((title) => {
    const lines = runs.length > 1 ? [term(title)] : terms.filter((name) => stemOf(name) === title).map(term)
    return panelOf(title, runs.length > 1 ? 3 : 2, runs, lines)
  })
  return [...main, ...ofTerms.filter(moves)]
}

/**
 * The vertical axis of lines. It has all of them, but where it has equal factors: a floor of 0 does not keep it from those,
 * and lies below it.
 */
export function heightOf(series: readonly Series[], ticks: number): Scale {
  const full = (chosen: (one: Series) => boolean): Span[] =>
    series.filter(chosen).flatMap(({ spans }) => spans.filter(({ count }) => count > 0))
  const [measured, floors] = [full(({ look }) => look !== 'floor'), full(({ look }) => look === 'floor')]
  const typical = measured.map(({ mean }) => mean)
  const axisOf = (held: readonly Span[]) => fitting(typical, [...measured, ...held].flatMap(({ least, most }) => [least, most]), ticks) // biome-ignore format: one line
  const factors = axisOf(floors.filter(({ least }) => least > 0))
  return factors.log ? factors : axisOf(floors)
}
