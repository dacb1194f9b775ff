import { beforeAll, describe, expect, it } from 'vitest'
import type { Tensor } from '../../../src/io/tensor.js'
import { Evaluator } from '../../../src/reference/semantics/loops/evaluate.js'
import { profileNames } from '../../../src/reference/semantics/profiles/profiles.js'
import { parseSpec, semanticsOfSpec } from '../../../src/reference/semantics/profiles/spec.js'
import { termNames } from '../../../src/reference/semantics/rules/terms.js'
import { evaluateModel } from '../../../src/runtime/session.js'
import type { ConfigInput } from '../../../src/yolo/config/config.js'
import type { Batch } from '../../others/semantics/batches.js'
import { graphBytes } from '../../support/cases.js'
import { allBatches, configOf, feedsOf, inputOf } from './support.js'

type Outputs = ReadonlyMap<string, Tensor>

const everything = { components: true, masks: true, gradients: true }
const numbers = (outputs: Outputs, name: string): number[] => Array.from(outputs.get(name)?.data ?? [], Number)
const total = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)

/** How far numbers are from those that are wanted, beside the greatest of these. */
function apart(given: readonly number[], wanted: ArrayLike<number>): number {
  const all = Array.from(wanted)
  if (given.length !== all.length) return Number.POSITIVE_INFINITY
  const most = all.reduce((a, x) => Math.max(a, Math.abs(x)), 1e-3)
  return given.reduce((worst, x, i) => {
    const d = Math.abs(x - (all[i] as number)) / most
    return d <= worst ? worst : d // NaN stays
  }, 0)
}

/** How far each output is from what the reference says. */
function differences(batch: Batch, spec: string, outputs: Outputs): Record<string, number> {
  const semantics = semanticsOfSpec(parseSpec(spec))
  const evaluator = new Evaluator(inputOf(batch))
  const { loss, perImage, scales } = evaluator.outcome(semantics)
  const found: Record<string, number> = {
    loss: apart(numbers(outputs, 'loss'), semantics.reduction === 'image' ? perImage : [loss]),
  }
  const gradients = evaluator.gradients(semantics)
  scales.forEach((own, l) => {
    for (const name of termNames)
      if (name !== 'box' || semantics.box !== 'none')
        found[`${name}_${l}`] = apart([total(numbers(outputs, `${name}_${l}`))], [own[name]])
    found[`mask_${l}`] = apart(numbers(outputs, `ignore_mask_${l}`), own.ignoreMask)
    found[`ignore_${l}`] = apart([total(numbers(outputs, `ignore_${l}`))], [total([...own.ignoreMask])])
    found[`positives_${l}`] = apart([total(numbers(outputs, `positives_${l}`))], [total([...own.objectMask])])
    found[`gradient_${l}`] = apart(numbers(outputs, `grad_y_pred_${l}`), gradients[l] as Float64Array)
  })
  return found
}

async function worst(batch: Batch, spec: string, config: ConfigInput, dtype: 'float32' | 'float64') {
  const bytes = graphBytes({ ...config, semantics: spec as never, ...everything, dtype })
  const found = differences(batch, spec, await evaluateModel(bytes, feedsOf(batch, dtype)))
  return Object.entries(found).filter(([, d]) => !(d <= (dtype === 'float64' ? 1e-12 : 1e-5)))
}

let given: readonly Batch[] = []
const named = (name: string): Batch => given.find((batch) => batch.name === name) as Batch
beforeAll(async () => {
  given = await allBatches()
})

/** A batch whose logits are so many times as large, and whose first box has no height. */
function stretched(batch: Batch, times: number, flat: boolean): Batch {
  const data = Float32Array.from(batch.boxes.data, (x, i) => (flat && i === 3 ? (batch.boxes.data[1] as number) : x))
  const logits = batch.logits.map((t) => ({ ...t, data: t.data.map((x) => x * times) }))
  return { ...batch, boxes: { ...batch.boxes, data }, logits }
}

const others = profileNames.filter((name) => name !== 'keras-yolo3')

describe.each(['static', 'loop'] as const)('the %s graph', (form) => {
  it.each([
    ['ultralytics-v3', 12, false],
    ['ultralytics-v3', 25, false],
    ['david8862', 1, true],
    ['david8862', 12, false],
  ] as const)('of %s is right for logits %d times as large, or a box without height: %o', async (name, times, flat) => {
    const batch = stretched(named('random'), times, flat)
    expect(await worst(batch, name, configOf(batch, form), 'float64')).toEqual([])
    expect(await worst(batch, name, configOf(batch, form), 'float32')).toEqual([])
  })

  it.each(others)('of %s gives loss, terms, masks and gradient of the reference', async (name) => {
    const batch = named('probe-odd-masks')
    expect(await worst(batch, name, configOf(batch, form), 'float64')).toEqual([])
  })

  it.each(others)('of %s in float32, opset 13', async (name) => {
    const batch = named('random')
    expect(await worst(batch, name, configOf(batch, form, { opset: 13 }), 'float32')).toEqual([])
  })

  it.each([
    'keras-yolo3,size=squared,whWeight=0.5',
    'david8862,assignment=best-and-free,sharedBox=mean',
    'mmdetection,assignment=above,class=softmax',
    'paddle,backward=last',
    'gluon-cv,decode=scaled,centre=l1',
  ])('of %s', async (spec) => {
    const batch = named('probe-odd-masks')
    expect(await worst(batch, spec, configOf(batch, form), 'float64')).toEqual([])
  })
})

describe('a batch without boxes, images that are not square, one class', () => {
  it.each(['all-background', 'non-square', 'one-class'])('%s', async (name) => {
    for (const spec of ['ultralytics-v3', 'mmdetection', 'david8862'])
      expect(await worst(named(name), spec, configOf(named(name), 'loop'), 'float64')).toEqual([])
  })
})
