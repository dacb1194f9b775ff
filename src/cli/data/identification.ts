import {
  Comparison,
  differences,
  type Evaluator,
  type FirstDifference,
  firstDifference,
  type Group,
  type Identification,
  type Observed,
  rules,
  type Semantics,
  type Setting,
  type SettingName,
  semantics,
  spelledSpec,
} from '../../reference/semantics/index.js'

/** An answer, and what it answers. */
export interface Identified {
  readonly found: Identification
  readonly observed: readonly Observed[]
  readonly evaluator: Evaluator
  readonly tolerance: number
}

/** How many losses are named before the rest is counted. */
const mostNamed = 12

const spelled = (x: number): string => `${Number(x.toPrecision(3))}`

const nameOf = ({ specs: [first] }: Group): string => (first ? spelledSpec(first) : '')

/** What a value of a setting says, where it is one of a rule. */
function saying(name: SettingName, value: Setting): string {
  const record: { readonly values: Readonly<Record<string, { readonly says: string }>> } | undefined =
    name in rules ? rules[name as keyof typeof rules] : undefined
  return record?.values[String(value)]?.says ?? ''
}

/** `gluon-cv's`, or `gluon-cv's, but` with a line for each change. */
function inWords(group: Group): string {
  const [first] = group.specs
  if (!first) return ''
  const own = differences(semantics(first.profile), group.candidate.semantics)
  if (own.length === 0) return `${first.profile}'s\n`
  const lines = own.map(({ name, ours, theirs }) => {
    const words = saying(name, theirs)
    return `  ${name} is ${String(theirs) || 'none'}${words && `: ${words}`} (${first.profile}: ${String(ours) || 'none'})\n`
  })
  return `${first.profile}'s, but\n${lines.join('')}`
}

/** What is worth a look where nothing fits. */
const hints = `  hint: scales go coarsest first, anchors and boxes width first
  hint: "yolo-loss probe --whole" has no objectness but 1, which most implementations do not know
`

/** The answer for people. */
export function identificationText(told: Identified): string {
  const { found, observed } = told
  const compared = `compared with ${found.compared} losses: ${observed.map(({ name }) => name).join(', ')}\n`
  if (found.fitting.length === 0)
    return `none fits; the nearest is ${inWords(found.nearest)}${farText(told)}${compared}${hints}`
  if (found.certain)
    return `certain: this is ${inWords(found.nearest)}  within ${spelled(found.nearest.candidate.farthest)}${nextText(found)}\n${compared}`
  if (found.fitting.length === 1)
    return `this is ${inWords(found.nearest)}  within ${spelled(found.nearest.candidate.farthest)}, which is not certain${nextText(found)}\n${compared}`
  const [first, ...others] = found.fitting
  const named = others.slice(0, mostNamed).map((group) => `  ${nameOf(group)}${doubt(first as Group, group)}\n`)
  const more = others.length > mostNamed ? `  and ${others.length - mostNamed} more\n` : ''
  const remedy = 'what this batch does not tell apart, the one of "yolo-loss probe -o probe.npz" does\n'
  return `not certain: ${found.fitting.length} losses fit, the simplest ${inWords(first as Group)}but also\n${named.join('')}${more}${remedy}${compared}`
}

const nextText = ({ next }: Identification): string =>
  next ? `; the next, ${nameOf(next)}, is ${spelled(next.candidate.farthest)} away` : ''

/** By which rules two losses differ that fit both. */
function doubt(first: Group, other: Group): string {
  const names = differences(first.candidate.semantics, other.candidate.semantics).map(({ name }) => name)
  return ` (not told apart: ${names.join(', ')})`
}

function farText({ found: { nearest }, observed, evaluator, tolerance }: Identified): string {
  const { distances, semantics: own } = nearest.candidate
  const rows = observed.map((one, i) => {
    const far = distances[i] ?? 0
    const words = far <= tolerance ? 'fits' : `${spelled(far)} away${timesText(one, evaluator, own)}`
    return `  ${one.name.padEnd(18)}${words}\n`
  })
  const first = firstDifference(evaluator, observed, own, tolerance)
  return `${rows.join('')}${first ? firstText(first) : ''}`
}

/** Of one number how many times ours it is, which often says what it was multiplied or divided by. */
function timesText({ subject, grid }: Observed, evaluator: Evaluator, own: Semantics): string {
  if (subject.kind === 'gradient' || subject.kind === 'mask' || grid.data.length !== 1) return ''
  const [ours = 0] = new Comparison(evaluator, []).numbers(subject, own, 1)
  const times = (grid.data[0] ?? 0) / ours
  return Number.isFinite(times) ? `, ${Number(times.toPrecision(6))} times as large` : ''
}

function firstText({ name, ours, theirs, at }: FirstDifference): string {
  const places = Object.entries(at ?? {}).map(([key, value]) => (key === 'entry' ? `${value}` : `${key} ${value}`))
  const where = places.length > 0 ? ` at ${places.join(', ')}` : ''
  const digits = (x: number) => `${Number(x.toPrecision(9))}`
  return `first difference: ${name}${where}: ${digits(ours)} by the nearest, ${digits(theirs)} given\n`
}

/** The answer for programs. */
export function identificationReport({ found, observed, evaluator, tolerance }: Identified) {
  const { certain, fitting, nearest, next, compared } = found
  const group = ({ specs, candidate }: Group) => ({
    semantics: specs[0] && spelledSpec(specs[0]),
    same: specs.slice(1).map(spelledSpec),
    farthest: finite(candidate.farthest),
    distances: Object.fromEntries(observed.map(({ name }, i) => [name, finite(candidate.distances[i] ?? 0)])),
  })
  return {
    certain,
    tolerance,
    compared,
    fitting: fitting.map(group),
    nearest: group(nearest),
    ...(next && { next: group(next) }),
    ...(fitting.length === 0 && {
      firstDifference: firstDifference(evaluator, observed, nearest.candidate.semantics, tolerance),
    }),
  }
}

/** JSON has no word for infinities. */
const finite = (x: number): number | string => (Number.isFinite(x) ? x : String(x))
