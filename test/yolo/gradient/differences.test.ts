import { describe, expect, it } from 'vitest'
import type { Tensor } from '../../../src/io/tensor.js'
import { openSession, type Session } from '../../../src/runtime/session.js'
import { Random } from '../../../src/io/random.js'
import { caseNames, configOf, feedsOf, graphBytes, readFixture } from '../../support/cases.js'
import { fixedSizes } from '../../support/forms.js'
import { expectedGradients, misses, tensorsOf } from '../../support/gradients.js'

type Double = Tensor<'float64'>

/** Cases in which a difference says nothing: the loss is infinite, or a step decides whether a cell is ignored. */
const excluded: Readonly<Record<string, string>> = {
  'zero-size': 'the loss is +∞ (S9)',
  'iou-at-threshold': 'IoU and threshold are tied: any step changes the ignore mask (S15)',
}

const step = 1e-4
const tolerance = 1e-6
const forms = ['compact', 'static', 'loop'] as const

const double = ({ shape, data }: Tensor): Double => ({ dtype: 'float64', shape, data: Float64Array.from(data, Number) })

/** Logits some way along a direction. */
type Line = (way: number) => Double[]

const alongAll =
  (logits: readonly Double[], direction: readonly Float64Array[]): Line =>
  (way) =>
    logits.map((t, l) => ({ ...t, data: t.data.map((x, i) => x + way * (direction[l]?.[i] as number)) }))

const alongOne =
  (logits: readonly Double[], scale: number, place: number): Line =>
  (way) =>
    logits.map((t, l) => (l === scale ? { ...t, data: t.data.with(place, (t.data[place] as number) + way) } : t))

/** Loss and ignore masks. */
async function lossAt(session: Session, logits: readonly Double[], labels: readonly Double[]) {
  const outputs = await session.run(feedsOf(logits, labels))
  const masks = logits.map((_, l) => Buffer.from((outputs.get(`ignore_mask_${l}`) as Double).data.buffer))
  return { loss: outputs.get('loss')?.data[0] as number, masks }
}

/** Central difference of the loss along a direction, with the ignore mask as it is. */
async function slopeAlong(session: Session, line: Line, labels: readonly Double[]) {
  const up = await lossAt(session, line(step), labels)
  const down = await lossAt(session, line(-step), labels)
  expect(up.masks.map((mask, l) => mask.equals(down.masks[l] as Buffer))).not.toContain(false)
  return (up.loss - down.loss) / (2 * step)
}

/** Some places of every kind of entry of rows with objects, and of objectness in the background. */
function sample(labels: Double, channels: number, random: Random): number[] {
  const rows = Array.from({ length: labels.data.length / channels }, (_, row) => row)
  const objects = rows.filter((row) => labels.data[row * channels + 4] !== 0)
  const background = rows.filter((row) => labels.data[row * channels + 4] === 0)
  const ofObjects =
    objects.length === 0 ? [] : [0, 1, 2, 3, 4, 5, channels - 1].map((k) => random.pick(objects) * channels + k)
  return [...ofObjects, random.pick(background) * channels + 4, random.pick(background) * channels]
}

/** The real case takes as long as all others together: with `--mode full` only. */
const cases = caseNames.filter(
  (name) => !Object.hasOwn(excluded, name) && (process.env.YOLO_LOSS_FULL || name !== 'real-coco'),
)

describe('the cases without differences', () => {
  it('are cases', () => expect(caseNames).toEqual(expect.arrayContaining(Object.keys(excluded))))
})

describe.each(cases)('the float64 gradient on %s', async (name) => {
  const test = await readFixture(name)
  const [logits, labels] = [tensorsOf(test).logits.map(double), tensorsOf(test).labels.map(double)]
  const open = (form: string) =>
    openSession(
      graphBytes({
        ...configOf(test),
        ...(form === 'static' ? fixedSizes(test) : {}),
        ...{ form, dtype: 'float64', masks: true, gradients: true },
      }),
    )
  const gradientsOf = async (session: Session) => {
    const outputs = await session.run(feedsOf(logits, labels))
    return logits.map((_, l) => (outputs.get(`grad_y_pred_${l}`) as Double).data)
  }

  it.each(forms)('in the %s form agrees with the oracle and with differences along random directions', async (form) => {
    const session = await open(form)
    const gradients = await gradientsOf(session)
    for (const [l, expected] of expectedGradients(test).entries())
      expect(misses(gradients[l] as Float64Array, expected, { atol: 1e-14, rtol: 1e-12 }).slice(0, 5)).toEqual([])
    const random = new Random(7)
    const v = logits.map(({ data }) => data.map(() => random.uniform() * 2 - 1))
    const parts = gradients.flatMap((g, l) => [...g].map((x, i) => x * (v[l]?.[i] as number)))
    const [along, scale] = [parts.reduce((a, b) => a + b, 0), parts.reduce((a, b) => a + Math.abs(b), 0)]
    const difference = await slopeAlong(session, alongAll(logits, v), labels)
    expect(Math.abs(difference - along)).toBeLessThan(tolerance * scale)
    await session.release()
  })

  it('agrees with differences of single elements', async () => {
    const session = await open('compact')
    const gradients = await gradientsOf(session)
    const random = new Random(8)
    for (const [l, y] of labels.entries())
      for (const place of sample(y, y.shape.at(-1) as number, random)) {
        const g = gradients[l]?.[place] as number
        const difference = await slopeAlong(session, alongOne(logits, l, place), labels)
        expect(Math.abs(difference - g), `scale ${l}, place ${place}`).toBeLessThan(
          tolerance * Math.max(1, Math.abs(g)),
        )
      }
    await session.release()
  })
})
