import {
  compareSemantics,
  identify,
  probe,
  referenceLoss,
  type SemanticsInput,
  semanticLoss,
  semanticsNames,
  semanticsOf,
} from 'onnx-yolo-loss'
import { describe, expect, it } from 'vitest'

const batch = probe({ whole: true })

describe('a program with the losses of other implementations', () => {
  it('computes any of them, by name or by all their settings', () => {
    const losses = semanticsNames.map((name) => semanticLoss(batch, name).loss)
    expect(new Set(losses).size).toBeGreaterThan(9)
    const squared = semanticLoss(batch, 'gluon-cv,size=squared')
    expect(semanticLoss(batch, { ...semanticsOf('gluon-cv'), size: 'squared' }).loss).toBe(squared.loss)
    expect(squared.gradients.map(({ length }) => length)).toEqual(batch.logits.map(({ data }) => data.length))
  })

  it('has the loss of the project as keras-yolo3', () => {
    const dense = probe({ labels: 'dense' })
    const { loss } = referenceLoss({ ...dense, labels: dense.labels as (typeof dense)['logits'] })
    expect(semanticLoss(dense, 'keras-yolo3').loss).toBeCloseTo(loss, 9)
  })

  it('shows what a choice changes', () => {
    const { terms, cells } = compareSemantics(batch, 'darknet', 'darknet,size=l1')
    expect(new Set(terms.filter(({ a, b }) => a !== b).map(({ term }) => term))).toEqual(new Set(['wh']))
    expect(cells).toHaveLength(3)
  })

  it('finds which loss results are of', { timeout: 120_000 }, () => {
    const { scales, gradients } = semanticLoss(batch, 'gluon-cv,ignoreBoxes=scale')
    const terms = scales.map(({ conf }, l) => [`conf_${l}`, { shape: [], data: Float64Array.of(conf) }] as const)
    const slopes = gradients.map(
      (data, l) => [`grad_y_pred_${l}`, { shape: batch.logits[l]?.shape ?? [], data }] as const,
    )
    const { certain, nearest } = identify(batch, Object.fromEntries([...terms, ...slopes]))
    expect([certain, nearest.specs[0]]).toEqual([true, { profile: 'gluon-cv', changes: { ignoreBoxes: 'scale' } }])
  })
})

describe('what is wrong is told', () => {
  const one = { shape: [1], data: Float64Array.of(1) }

  it.each<[string, () => unknown, string]>([
    ['a name', () => semanticsOf('gluon'), 'is gluon: "gluon" is no semantics: there are keras-yolo3'],
    ['a setting', () => semanticLoss(batch, { ...semanticsOf('darknet'), size: 'l3' as 'l1' }), 'has a wrong size: it must be one of half-squared'],
    ['a setting that is missing', () => semanticLoss(batch, {} as never), 'has a wrong assignment'],
    ['the second of two', () => compareSemantics(batch, 'darknet', 'dark'), '"b" is dark: "dark" is no semantics'],
    ['a shape', () => semanticLoss({ ...batch, classes: 4 }, 'darknet'), 'logits[0]: expected [3,4,4,27], got [3,4,4,24]'],
    ['boxes of another width', () => semanticLoss({ ...batch, labels: { shape: [3, 1, 4], data: new Float32Array(12) } }, 'darknet'), 'boxes: expected [3,1,5]'],
    ['no labels', () => semanticLoss({ ...batch, labels: undefined } as unknown as SemanticsInput, 'darknet'), 'input.labels: must be boxes [B,M,5]'],
    ['a result', () => identify(batch, { cost: one }), 'results.cost: is no result\n  hint: there are loss'],
    ['a shape of a result', () => identify(batch, { grad_y_pred_0: one }), 'is [1], and must be [3,4,4,24]'],
    ['no results', () => identify(batch, {}), 'are none'],
    ['an option', () => identify(batch, { loss: one }, { free: ['speed' as 'smooth'] }), 'options.free: must be a list, each one of threshold'],
    ['no classes', () => probe({ classes: 0 }), 'probe: options.classes: must be a whole number of 1 or more'],
  ])('%s', (_, call, words) => {
    let message = ''
    try {
      call()
    } catch (error) {
      message = (error as Error).message
    }
    expect(message).toContain(words)
  })
}) // biome-ignore format: one row a mistake
