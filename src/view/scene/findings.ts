import type { Grid } from '../../reference/index.js'
import { findOddities, layouts, type Oddity, spellPlace } from '../../yolo/index.js'
import type { Finding, Place } from '../viewed.js'
import { type Asked, sizesOf } from './asked.js'
import type { Truth } from './truths.js'

/** What is odd in the batch, in words. */
export function findingsOf(asked: Asked, truths: readonly (readonly Truth[])[]): Finding[] {
  const arrays = asked.config.anchorMask.flatMap((_, l) => oddities(asked, l))
  const boxes = truths.flatMap((all, image) => all.flatMap((truth, i) => ofBox(truth, image, i)))
  const refused = asked.answers.averaging.refused.size
  const lost = refused > 0 ? [{ text: `A refused box makes the loss of ${refused === 1 ? 'its image' : `${refused} images`} NaN.` }] : [] // biome-ignore format: one row
  return [...uncompared(asked), ...lost, ...arrays, ...boxes]
}

/** Rows of a graph's gradients of which no number can be asked. */
function uncompared({ beside }: Asked): Finding[] {
  const rows = beside?.uncompared ?? 0
  if (rows === 0) return []
  const which = rows === 1 ? '1 row holds logits that are not finite' : `${rows} rows hold logits that are not finite`
  return [{ text: `${which}: not compared with the gradient of the graph.` }]
}

/** Labels and logits as the reference read them, in its order, whatever the layout was. */
function oddities({ answers: { input }, hasLogits }: Asked, l: number): Finding[] {
  const tensor = ({ shape, data }: Grid) =>
    data instanceof Float32Array
      ? ({ dtype: 'float32', shape, data } as const)
      : ({ dtype: 'float64', shape, data: data as Float64Array } as const)
  const [logits, labels] = [tensor(input.logits[l] as Grid), tensor(input.labels[l] as Grid)]
  const found = findOddities({ scale: l, logits, labels, layout: layouts.nhwc })
  return found
    .filter(({ kind }) => hasLogits || kind !== 'non-finite-logit')
    .map((oddity) => ({ text: words(oddity), image: oddity.at.image, place: placeOf(oddity, sizesOf(input, l)) }))
}

const words = ({ count, at, what }: Oddity): string =>
  `${capital(spellPlace(at))}: ${what}${count > 1 ? `, and ${count - 1} more such in this scale` : ''}.`

const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`

const placeOf = ({ at }: Oddity, { w, a }: { readonly w: number; readonly a: number }): Place => ({
  image: at.image,
  scale: at.scale,
  row: (at.row * w + at.column) * a + at.anchor,
})

function ofBox({ lost }: Truth, image: number, i: number): Finding[] {
  return lost === undefined ? [] : [{ text: `Image ${image}, box ${i}: not learnt: ${lost}.`, image }]
}
