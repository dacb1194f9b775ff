import { printable } from '../../io/index.js'
import { Grid, type Paper } from './grid.js'
import type { Axis, History } from './history.js'
import { brief, fitting, linear, names, type Scale } from './scale.js'
import { type Column, columnsOf, type Span, unbroken } from './span.js'
import { wordsOf } from './words.js'

/** Least characters of the numbers beside a curve, and lines of the curve. */
const [narrowest, rows] = [9, 10]

/** Wider curves are no clearer. */
const widest = 110

/** What a curve in text is of. */
interface Told {
  readonly title: string
  readonly spans: readonly Span[]
  readonly along: Scale
  /** What it runs along, in words. */
  readonly unit: string
  readonly up: Scale
}

const units: Readonly<Record<Axis, string>> = { step: 'steps', epoch: 'epochs', seconds: 'seconds' }

/** The vertical axis of the curves of one number. */
function upOf(all: readonly (readonly Span[])[]): Scale {
  const full = all.flat().filter(({ count }) => count > 0)
  const extremes = full.flatMap(({ least, most }) => [least, most])
  return fitting(full.map(({ mean }) => mean), extremes, 4) // biome-ignore format: one line
}

function alongOf(all: readonly (readonly Span[])[]): Scale {
  const spans = all.flat()
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const { from, to } of spans) [least, most] = [Math.min(least, from), Math.max(most, to)]
  return linear(least, most > least ? most : least + 1, 2)
}

/** A part without a gap, each column joined to the one before it. */
function trace(part: readonly Column[], grid: Grid, heightOf: (x: number) => number): void {
  let before: { readonly column: number; readonly height: number } | undefined
  for (const { column, mean } of part) {
    const height = heightOf(mean)
    const { column: from, height: low } = before ?? { column: column - 1, height }
    const between = (x: number) => Math.round(low + ((height - low) * (x - from)) / (column - from))
    for (let x = from + 1; x <= column; x++) grid.upright(x, between(x), before ? between(x - 1) : height)
    before = { column, height }
  }
}

function drawn({ spans, along, up }: Told, grid: Grid): string[] {
  const columns = columnsOf(spans, grid.dotsWide, along.place)
  const heightOf = (x: number) => Math.round(up.place(x) * (grid.dotsHigh - 1))
  for (const part of unbroken(columns)) trace(part, grid, heightOf)
  for (const { column, missing } of columns) if (missing > 0) grid.mark(column)
  return grid.lines()
}

/** A curve with its axes, as lines of text. */
function curve(told: Told, { columns, braille }: Paper): string[] {
  const { title, along, unit, up } = told
  const ticks = names(up.ticks)
  const beside = Math.max(narrowest, ...ticks.map(({ length }) => length))
  const wide = Math.max(Math.min(columns, widest) - beside - 2, 10)
  const grid = new Grid(wide, rows, braille)
  const [tick, side, corner, below] = braille ? ['┤', '│', '└', '─'] : ['+', '|', '+', '-']
  const named = new Map(up.ticks.map((x, i) => [rows - 1 - Math.round(up.place(x) * (rows - 1)), ticks[i]]))
  const lines = drawn(told, grid).map((line, row) => {
    const name = named.get(row)
    return `${(name ?? '').padStart(beside)} ${name === undefined ? side : tick}${line}`.trimEnd()
  })
  const [from, to] = [brief(along.least), `${brief(along.most)} ${unit}`]
  const ends = `${from}${to.padStart(Math.max(wide - from.length, to.length + 1))}`
  const margin = ' '.repeat(beside + 1)
  return [`${title}${up.log ? ' (log axis)' : ''}`, ...lines, `${margin}${corner}${below?.repeat(wide)}`, `${margin} ${ends}`] // biome-ignore format: one line
}

/** How far the loss was above its floor, with its axes, as text. @param run of at least one step */
export function excessText(run: History, paper: Paper): string {
  const spans = run.spans('excess')
  const told = { title: 'loss above its floor', spans, along: alongOf([spans]), unit: units.step, up: upOf([spans]) }
  return `${curve(told, paper).join('\n')}\n`
}

/** Numbers that text has curves of, in their order. */
const shown = [['excess', 'loss above its floor'], ['validation', 'loss on images that are not trained on']] as const // biome-ignore format: pairs

/**
 * The curves of trainings as text, one below the other on common axes, and what else there is to say of each in words.
 * @param runs one or two, each of at least one step
 */
export function curveText(runs: readonly History[], paper: Paper, axis: Axis = 'step'): string {
  const blocks = shown.flatMap(([number, words]) => {
    const all = runs.map((run) => run.spans(number, axis))
    const [along, up] = [alongOf(runs.map((run) => run.spans('rate', axis))), upOf(all)]
    return runs.flatMap((run, i) => {
      const spans = all[i] ?? []
      const steps = spans.reduce((sum, { count, missing }) => sum + count + missing, 0)
      // Of one number there is no curve.
      if (steps < 2) return []
      return [
        curve({ title: `${printable(run.name)}: ${words}`, spans, along, unit: units[axis], up }, paper).join('\n'),
      ]
    })
  })
  const words = runs.map((run) => `${printable(run.name)}:\n${wordsOf(run).map((line) => `  ${line}`).join('\n')}`) // biome-ignore format: one line
  return `${[...blocks, ...words].join('\n\n')}\n`
}
