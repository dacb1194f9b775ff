import { type AnyTensor, printable } from '../../io/index.js'
import type { CaseConfig } from '../cases/caseconfig.js'
import { indexInWords } from '../cases/indexwords.js'
import type { Comparison } from '../compare/compare.js'
import { short } from '../compare/digits.js'
import { elementAt, type Scalar } from '../compare/scalar.js'
import { type Divergence, isFault, type LayerReport, worstOf } from './locate.js'
import type { Trace } from './trace.js'

const view = new DataView(new ArrayBuffer(8))

/** The bits of a float as they lie in memory, since two that print alike may differ. */
function bits(dtype: string, value: Scalar): string {
  if (typeof value !== 'number') return ''
  if (dtype === 'float64') {
    view.setFloat64(0, value)
    return ` (0x${view.getBigUint64(0).toString(16).padStart(16, '0')})`
  }
  if (dtype !== 'float32') return ''
  view.setFloat32(0, value)
  return ` (0x${view.getUint32(0).toString(16).padStart(8, '0')})`
}

/** The element of an input that belongs to an element of the output, axes of size 1 stretched; undefined if none does. */
function counterpart(tensor: AnyTensor, index: readonly number[]): Scalar | undefined {
  if (tensor.data.length === 1) return elementAt(tensor, 0)
  if (tensor.shape.length > index.length) return undefined
  const own = index.slice(index.length - tensor.shape.length)
  const fits = tensor.shape.every((size, axis) => size === 1 || (own[axis] ?? 0) < size)
  if (!fits) return undefined
  const place = tensor.shape.reduce((at, size, axis) => at * size + (size === 1 ? 0 : (own[axis] ?? 0)), 0)
  return elementAt(tensor, place)
}

function inputLines(first: Divergence, index: readonly number[] | undefined, values: Trace['values']): string[] {
  return first.node.reads.flatMap((name) => {
    const tensor = values.get(name)
    if (!tensor) return []
    const element = index && counterpart(tensor, index)
    const there = element === undefined ? '' : ` = ${element}${bits(tensor.dtype, element)} there`
    return [`  reads ${printable(name)} ${tensor.dtype}[${tensor.shape}]${there}`]
  })
}

const alone = {
  differs: 'run alone on the same inputs it differs as well',
  agrees: 'run alone on the same inputs it agrees: it enlarges what its inputs differ by within the tolerance',
  unknown: 'it could not be run alone',
} as const

function persistence(persists: readonly string[] | undefined): string {
  if (persists === undefined) return 'whether it persists fully optimised could not be tried'
  if (persists.length === 0) return 'fully optimised, as users run it, no output differs'
  return `fully optimised, as users run it, it persists in ${persists.map(printable).slice(0, 8).join(', ')}`
}

/** How the worst element of the value that differs most came out on both sides. */
export function worstLines(
  { a, b }: Pick<LayerReport, 'a' | 'b'>,
  worst: Comparison | undefined,
  config: CaseConfig | undefined,
): string[] {
  const at = worst?.worstAbs
  if (!worst || !at) return worst?.problem ? [`  ${printable(worst.name)}: ${worst.problem}`] : []
  const where = indexInWords(worst.name, at.index, worst.shape, config)
  const value = (side: string, x: Scalar) => `${side} ${x}${bits(worst.dtype, x)}`
  return [
    ...(worst.problem ? [`  ${printable(worst.name)}: ${worst.problem}`] : []),
    `  ${printable(worst.name)}: ${worst.mismatches} of ${worst.compared} elements differ`,
    `  worst at [${at.index}]${where === '' ? '' : ` (${where})`}: ${value(a, at.expected)}, ${value(b, at.got)}, difference ${short(at.value)}`,
  ]
}

/** A node with its operator, and where it stands. */
export const nodeInWords = ({ node, index }: Pick<Divergence, 'node' | 'index'>): string =>
  `${printable(node.name)} (${printable(node.op)}), node ${index} in topological order`

/** What there is to say of a divergence: what differs, on what it was computed, and what its node does otherwise. */
export function detailLines(
  report: LayerReport,
  first: Divergence,
  a: Trace,
  config: CaseConfig | undefined,
): string[] {
  const worst = worstOf(first)
  return [
    ...(first.failure === undefined ? [] : [`  it does not run on ${report.b}: ${first.failure.split('\n')[0]}`]),
    ...worstLines(report, worst, config),
    ...inputLines(first, worst?.worstAbs?.index, a.values),
    ...first.causes.map((cause) => `  ${cause}`),
    `  ${alone[first.alone]}`,
  ]
}

function firstLines(report: LayerReport, first: Divergence, a: Trace, config: CaseConfig | undefined): string[] {
  const title = isFault(report) ? 'first divergence:' : 'no fault: rounding, enlarged first at'
  return [
    `${title} ${nodeInWords(first)}`,
    ...detailLines(report, first, a, config),
    `  ${persistence(report.persists)}`,
  ]
}

/** How many values were compared, and how many differ. */
export function countInWords({ a, b, layers }: LayerReport): string {
  const differ = layers.compared.filter((v) => !v.comparison.pass).length
  const single = [
    ...(layers.onlyA.length === 0 ? [] : [`${layers.onlyA.length} values only in ${a}`]),
    ...(layers.onlyB.length === 0 ? [] : [`${layers.onlyB.length} only in ${b}`]),
  ]
  return `${layers.compared.length} values compared, ${differ} differ${single.map((t) => `, ${t}`).join('')}`
}

/** A report of layers as text. */
export function renderLayers(report: LayerReport, a: Trace, config?: CaseConfig): string {
  const { layers, first } = report
  const head = `${report.a} against ${report.b}: ${countInWords(report)}`
  if (!first) return head
  const more = layers.origins.length > 1 ? [`  ${layers.origins.length - 1} more nodes part of themselves`] : []
  return [head, ...firstLines(report, first, a, config), ...more].join('\n')
}
