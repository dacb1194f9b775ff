import { describe, expect, it } from 'vitest'
import type { Tensor } from '../../src/io/tensor.js'
import { yoloLoss } from '../../src/reference/oracle.js'
import { evaluateModel } from '../../src/runtime/session.js'
import type { TestCase } from '../../src/verify/cases/testcase.js'
import type { ConfigInput } from '../../src/yolo/config/config.js'
import { caseNames, configOf, feedsOf, float32sOf, graphBytes, readFixture } from '../support/cases.js'
import { fixedSizes } from '../support/forms.js'

const forms = ['compact', 'loop', 'static'] as const

async function outputsOf(
  test: TestCase,
  options: ConfigInput,
  change?: (scene: ReturnType<typeof float32sOf>) => void,
) {
  const scene = float32sOf(test)
  const copies = { logits: scene.logits.map(copy), labels: scene.labels.map(copy) }
  change?.(copies)
  const sizes = options.form === 'static' ? fixedSizes(test) : {}
  const bytes = graphBytes({ ...configOf(test), ...sizes, diagnostics: true, ...options })
  const outputs = await evaluateModel(bytes, feedsOf(copies.logits, copies.labels))
  return (name: string) => [...(outputs.get(name) as Tensor).data].map(Number)
}

const copy = (t: Tensor<'float32'>): Tensor<'float32'> => ({ ...t, data: t.data.slice() })

const oracleOf = (test: TestCase) =>
  yoloLoss({ ...(configOf(test) as Parameters<typeof yoloLoss>[0]), ...float32sOf(test) })

describe('the diagnostics', () => {
  it.each(caseNames.filter((name) => name !== 'real-coco'))(
    'of %s give the floor of the oracle and the excess over it',
    async (name) => {
      const test = await readFixture(name)
      const oracle = oracleOf(test)
      const got = await outputsOf(test, {})
      const [loss, floor, excess] = ['loss', 'entropy_floor', 'excess'].map((n) => got(n)[0] as number)
      if (!Number.isFinite(oracle.entropyFloor)) return expect(floor).toBe(oracle.entropyFloor)
      const scale = Math.max(1, Math.abs(oracle.entropyFloor), loss as number)
      expect(Math.abs((floor as number) - oracle.entropyFloor) / scale).toBeLessThan(1e-5)
      expect(Math.abs((loss as number) - (floor as number) - (excess as number)) / scale).toBeLessThan(1e-5)
    },
  )

  it.each(forms)('%s: kept and ignored cells are all cells', async (form) => {
    const test = await readFixture('non-square')
    const got = await outputsOf(test, { form, components: true })
    float32sOf(test).labels.forEach(({ shape: [b, h, w, a] }, l) => {
      const cells = [b, h, w, a].reduce<number>((n, d) => n * (d as number), 1)
      expect((got(`ignore_${l}`)[0] as number) + (got(`ignored_${l}`)[0] as number)).toBe(cells)
    })
  })

  it('count boxes of no size where they are', async () => {
    const got = await outputsOf(await readFixture('zero-size'), {})
    expect([0, 1, 2].map((l) => got(`zero_size_${l}`)[0])).toEqual([0, 1, 1])
    expect(got('loss')).toEqual([Number.POSITIVE_INFINITY])
  })

  it('find the first logit that is no number', async () => {
    const test = await readFixture('non-square')
    const got = await outputsOf(test, {}, ({ logits }) => {
      const { data, shape } = logits[1] as Tensor<'float32'>
      const [, h, w, channels] = shape as [number, number, number, number]
      data[((2 * h + 1) * w + 3) * channels + channels - 1] = Number.NaN // image 2, row 1, column 3, anchor 2
      data[data.length - 1] = Number.NEGATIVE_INFINITY
    })
    expect([0, 1, 2].map((l) => got(`non_finite_${l}`)[0])).toEqual([0, 2, 0])
    expect(got('first_non_finite_1')).toEqual([2, 1, 3, 2])
    expect(got('first_non_finite_0')).toEqual([-1, -1, -1, -1])
  })

  it('count labels whose centre is in another cell', async () => {
    const test = await readFixture('non-square')
    const before = await outputsOf(test, {})
    const after = await outputsOf(test, {}, ({ labels }) => {
      const { data, shape } = labels[2] as Tensor<'float32'>
      const d = shape.at(-1) as number
      const row = data.findIndex((x, i) => i % d === 4 && x !== 0) - 4
      data[row] = (data[row] as number) + 0.5
    })
    expect(before('labels_outside_2')).toEqual([0])
    expect(after('labels_outside_2')).toEqual([1])
  })
})

describe('guard mode', () => {
  it.each(forms)('%s leaves sizes without logarithm out and nothing else', async (form) => {
    const test = await readFixture('zero-size')
    const oracle = oracleOf(test)
    const got = await outputsOf(test, { form, guard: true, components: true, gradients: true })
    expect(Number.isFinite(got('loss')[0])).toBe(true)
    oracle.scales.forEach((scale, l) => {
      for (const name of ['xy', 'conf', 'class'] as const)
        expect(Math.abs((got(`${name}_${l}`)[0] as number) - scale[name])).toBeLessThan(1e-5 * Math.max(1, scale[name]))
      expect(got(`grad_y_pred_${l}`).every(Number.isFinite)).toBe(true)
    })
    expect(got('zero_size_1')).toEqual([1])
  })
})
