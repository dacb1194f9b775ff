import { xml } from '../../../io/index.js'
import { brief } from '../../compare/digits.js'
import { decades } from '../../compare/spread.js'

const size = { width: 320, height: 130, left: 8, top: 16, bottom: 30 }

/** Adds up histograms over the same bins. */
export const addUp = (histograms: readonly (readonly number[])[]): number[] =>
  decades.map((_, i) => histograms.reduce((sum, h) => sum + (h[i] ?? 0), 0))

/** What a bin holds, in words. */
function binName(i: number): string {
  if (i === 0) return 'no error'
  const [from, to] = [decades[i - 1] ?? 0, decades[i] ?? 0]
  return i === 1 ? `below ${brief(to)}` : Number.isFinite(to) ? `${brief(from)} to ${brief(to)}` : `${from} and more`
}

/**
 * A histogram of absolute errors. All have the same bins, from none over each power of ten, so that they can be held
 * side by side; heights are logarithmic, since nearly all elements are exact.
 */
export function histogram(title: string, counts: readonly number[]): string {
  const step = (size.width - 2 * size.left) / decades.length
  const floor = size.height - size.bottom
  const most = Math.max(1, ...counts)
  const height = (n: number) => (n === 0 ? 0 : 4 + ((floor - size.top - 4) * Math.log10(1 + n)) / Math.log10(1 + most))
  const bars = counts.map((n, i) => {
    const [x, h] = [size.left + i * step, height(n)]
    const label =
      n > 0 ? `<text class="small" x="${x + step / 2 - 1}" y="${floor - h - 3}" text-anchor="middle">${n}</text>` : ''
    const bar = `<rect class="bar" x="${x}" y="${floor - h}" width="${step - 2}" height="${h}"><title>${binName(i)}: ${n}</title></rect>`
    return n > 0 ? bar + label : ''
  })
  const ticks = ['0', '', '1e-11', '', '', '1e-8', '', '', '1e-5', '', '', '1e-2', '', '', '10', '', '']
  const axis = ticks.map((t, i) =>
    t === ''
      ? ''
      : `<text class="small" x="${size.left + i * step + step / 2}" y="${floor + 13}" text-anchor="middle">${t}</text>`,
  )
  const total = counts.reduce((a, b) => a + b, 0)
  const words = counts.flatMap((n, i) => (n > 0 ? [`${binName(i)}: ${n}`] : [])).join('; ')
  return [
    `<figure><figcaption>${xml(title)}</figcaption>`,
    `<svg viewBox="0 0 ${size.width} ${size.height}" role="img" aria-label="${xml(`${total} elements. ${words}`)}">`,
    ...bars,
    `<line class="axis" x1="${size.left}" x2="${size.width - size.left}" y1="${floor}" y2="${floor}"/>`,
    ...axis,
    `<text class="small" x="${size.width / 2}" y="${size.height - 3}" text-anchor="middle">absolute error, ${total} elements</text>`,
    '</svg></figure>',
  ].join('')
}
