import { heightOf, type Panel, type Series } from './panels.js'
import { brief, names, type Scale } from './scale.js'
import { fitted, around as inside, type Written, widthOf } from './written.js'

/** Where a panel lies, with its title and what is written around it, in pixels. */
export interface Frame {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/** What stands around the lines, in pixels, beside what is written there. */
export const around = { left: 10, right: 46, top: 26, bottom: 24 } as const

/** Room for numbers beside an axis, that for the name of a line, and the least between two ticks, in pixels. */
const [numbers, name, apart] = [42, 86.4, 26]

/** Sizes of fonts; letters of titles are bold, and wider. */
export const sizes = { text: 12, title: 14.5 } as const

/** A panel with its height and what is written around its lines. */
export interface Laid {
  readonly panel: Panel
  readonly frame: Frame
  readonly y: Scale
  /** Beside its ticks. */
  readonly ticks: readonly string[]
  readonly title: Written
  /** Beside the ends of its lines. */
  readonly labels: readonly Written[]
}

/** A panel in its frame. @param marks what trainings are called beside their lines */
export function laidOut(panel: Panel, frame: Frame, marks: readonly string[]): Laid {
  const y = heightOf(panel.series, Math.floor((frame.height - around.top - around.bottom) / apart))
  const notes = [...(y.log ? ['log axis'] : []), ...below(panel, y)]
  const { shown: after } = fitted(notes.length > 0 ? ` (${notes.join('; ')})` : '', 0.85 * frame.width, sizes.title)
  const room = frame.width - 8 - widthOf(after, sizes.title)
  return {
    panel,
    frame,
    y,
    ticks: names(y.ticks),
    title: inside('', fitted(panel.title, room, sizes.title), after),
    labels: panel.series.map((series) => labelOf(series, panel, marks)),
  }
}

/** What stands beside the end of a line. */
function labelOf({ run, name: whole }: Series, { single }: Panel, marks: readonly string[]): Written {
  const label = fitted(whole, name, sizes.text)
  if (marks.length < 2) return label
  const mark = marks[run] as string
  return single ? { whole: mark, shown: mark } : inside(`${mark} `, label)
}

/** Which lines go below an axis, and how far, in words. */
function below({ series, single }: Panel, y: Scale): string[] {
  const found = new Map<string, number>()
  for (const { name: whole, spans } of series) {
    const { shown } = fitted(whole, name, sizes.text)
    for (const { least } of spans) if (least < y.least) found.set(shown, Math.min(found.get(shown) ?? least, least))
  }
  if (found.size === 0) return []
  if (single) return [`down to ${brief(Math.min(...found.values()))}`]
  return [`below it: ${[...found].map(([one, least]) => `${one} down to ${brief(least)}`).join(', ')}`]
}

/** Room to the left and to the right of lines, in pixels. */
export interface Sides {
  readonly left: number
  readonly right: number
}

/** The room that all of some panels have beside their lines, so that steps lie below one another. */
export function sidesOf(all: readonly Laid[]): Sides {
  const widest = (texts: readonly string[]) => Math.max(0, ...texts.map((text) => widthOf(text, sizes.text)))
  const labels = all.flatMap((laid) => laid.labels.map(({ shown }) => shown))
  return {
    left: around.left + Math.max(numbers, widest(all.flatMap(({ ticks }) => ticks))),
    right: around.right + widest(labels),
  }
}
