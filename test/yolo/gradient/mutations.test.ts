import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Value } from '../../../src/onnx/graph/value.js'
import { concat } from '../../../src/onnx/ops/concat.js'
import { abs, div, mul, neg, sigmoid, sub } from '../../../src/onnx/ops/elementwise.js'
import { greater, where } from '../../../src/onnx/ops/logic.js'
import { cast } from '../../../src/onnx/ops/movement.js'
import { encodeModel } from '../../../src/onnx/proto/encode.js'
import { evaluateModel } from '../../../src/runtime/session.js'
import { resolveConfig } from '../../../src/yolo/config/resolve.js'
import type * as Bce from '../../../src/yolo/formulas/bce.js'
import type * as Averaging from '../../../src/yolo/sums/averaging.js'
import type * as Terms from '../../../src/yolo/terms/terms.js'
import { caseNames, configOf, feedsOf, readFixture } from '../../support/cases.js'
import { expectedGradients, float32Tolerance, misses, tensorsOf } from '../../support/gradients.js'

type V = Value<'float32'>
type D = Bce.Differentiable<'float32'>

/** Exports of a module replaced. */
interface Mutation {
  readonly module: string
  readonly plant: (original: never) => Record<string, unknown>
}

/** The slope of one term of objects changed. */
const inTerm = (term: 'xy' | 'wh' | 'class', change: (slope: V, weight: V) => V): Mutation => ({
  module: 'yolo/terms/terms',
  plant: ({ objectTerms }: typeof Terms) => ({
    objectTerms: (...args: Parameters<typeof Terms.objectTerms<'float32'>>) => {
      const right = objectTerms(...args)
      return { ...right, [term]: { ...right[term], slope: change(right[term].slope, args[3]) } }
    },
  }),
})

/** The slope of the confidence term made anew from o, σ − o and κ. */
const inConfidence = (slope: (o: V, error: V, κ: V, right: D) => V): Mutation => ({
  module: 'yolo/terms/terms',
  plant: ({ confidence }: typeof Terms) => ({
    confidence: (...args: Parameters<typeof Terms.confidence<'float32'>>) => {
      const right = confidence(...args)
      const [o, E, κ] = args
      return { ...right, slope: slope(o, E.slope, cast(κ, 'float32'), right) }
    },
  }),
})

const inBce = (slope: (z: V, t: V, right: D) => V): Mutation => ({
  module: 'yolo/formulas/bce',
  plant: ({ bceWithLogits }: typeof Bce) => ({
    bceWithLogits: (z: V, t: V, tail: Bce.Tail) => {
      const right = bceWithLogits(z, t, tail)
      return { ...right, slope: slope(z, t, right) }
    },
  }),
})

const inBackground = (slope: (t: V, right: D) => V): Mutation => ({
  module: 'yolo/formulas/bce',
  plant: ({ bceOfBackground }: typeof Bce) => ({
    bceOfBackground: (t: V, tail: Bce.Tail) => {
      const right = bceOfBackground(t, tail)
      return { ...right, slope: slope(t, right) }
    },
  }),
})

const undivided = ({ averagingOf }: typeof Averaging) => ({
  averagingOf: (...args: Parameters<typeof averagingOf>) => ({
    ...averagingOf(...args),
    share: (slopes: Partial<Record<string, V>>, axis = 0) => concat(Object.values(slopes) as [V], axis),
  }),
})

const mutations: Readonly<Record<string, Mutation>> = {
  'the sign of xy': inTerm('xy', neg),
  'the sign of wh': inTerm('wh', neg),
  'the sign of classes': inTerm('class', neg),
  'the sign of confidence': inConfidence((_o, _error, _κ, { slope }) => neg(slope)),
  'the sign of the background': inBackground((_, { slope }) => neg(slope)),
  'a ½ left over on wh': inTerm('wh', (slope) => mul(slope, 0.5)),
  'xy without scale': inTerm('xy', (slope, s) => div(slope, s)),
  'a wrong slope at logit 0, as from Abs and Relu': inBce((z, t, { slope }) =>
    where(greater(abs(t), 0), slope, neg(z)),
  ),
  'σ − z by the provider’s Sigmoid': inBce((z, t) => sub(sigmoid(t), z)),
  'σ of the background by the provider’s Sigmoid': inBackground((t) => sigmoid(t)),
  'max(o, κ) for o + (1 − o)·κ': inConfidence((o, error, κ) => mul(where(greater(κ, o), κ, o), error)),
  'confidence that is not ignored': inConfidence((_, error) => error),
  'confidence of objects alone': inConfidence((o, error) => mul(o, error)),
  'no weight o': inConfidence((_, error, κ) => mul(κ, error)),
  'no division by the batch': { module: 'yolo/sums/averaging', plant: undivided },
}

async function builderWith(mutation: Mutation | undefined) {
  vi.resetModules()
  if (mutation) {
    vi.doMock(`../../../src/${mutation.module}.ts`, async (original) => {
      const right = await original()
      return { ...(right as object), ...mutation.plant(right as never) }
    })
  }
  return (await import('../../../src/yolo/loss.js')).lossModel
}

/** The first case on which a wrong gradient is caught; the terms are the same in every form. */
async function catching(mutation: Mutation | undefined, names = caseNames): Promise<string[]> {
  const build = await builderWith(mutation)
  for (const name of names.filter((n) => n !== 'real-coco')) {
    const test = await readFixture(name)
    const { logits, labels } = tensorsOf(test)
    const batch = logits[0]?.shape[0] as number
    const expected = expectedGradients(test)
    for (const form of ['compact', 'loop']) {
      const config = resolveConfig({ ...configOf(test), form, gradients: true })
      const outputs = await evaluateModel(encodeModel(build(config)), feedsOf(logits, labels))
      const wrong = expected.some((gradient, l) => {
        const got = outputs.get(`grad_y_pred_${l}`)?.data as Float32Array
        return misses(got, gradient, float32Tolerance(batch, labels[l] as (typeof labels)[0])).length > 0
      })
      if (wrong) return [`${name}, ${form}`]
    }
  }
  return []
}

describe('the fixtures', () => {
  afterEach(() => {
    for (const { module } of Object.values(mutations)) vi.doUnmock(`../../../src/${module}.ts`)
  })

  it('pass a right gradient', async () => {
    expect(await catching(undefined, caseNames.slice(0, 3))).toEqual([]) // all of them in fixtures.test.ts
  })

  it.each(Object.entries(mutations))('catch %s', async (_, mutation) => {
    expect(await catching(mutation)).not.toEqual([])
  })
})
