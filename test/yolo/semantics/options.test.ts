import { beforeAll, describe, expect, it } from 'vitest'
import type { Tensor } from '../../../src/io/tensor.js'
import type { Body } from '../../../src/onnx/graph/model.js'
import { Evaluator } from '../../../src/reference/semantics/loops/evaluate.js'
import { parseSpec, semanticsOfSpec } from '../../../src/reference/semantics/profiles/spec.js'
import { evaluateModel } from '../../../src/runtime/session.js'
import type { ConfigInput } from '../../../src/yolo/config/config.js'
import { formOf } from '../../../src/yolo/config/forms.js'
import { resolveConfig } from '../../../src/yolo/config/resolve.js'
import { configKey, semanticsKey } from '../../../src/yolo/config/stamp.js'
import { assignTargets } from '../../../src/yolo/labels/assign.js'
import { lossModel } from '../../../src/yolo/loss.js'
import type { Batch } from '../../others/semantics/batches.js'
import { graphBytes } from '../../support/cases.js'
import { inLayout } from '../../support/forms.js'
import { refusal } from '../support.js'
import { allBatches, configOf, feedsOf, inputOf } from './support.js'

let batch: Batch
beforeAll(async () => {
  batch = (await allBatches()).find(({ name }) => name === 'random') as Batch
})

const numbers = (outputs: ReadonlyMap<string, Tensor>, name: string): number[] =>
  Array.from(outputs.get(name)?.data ?? [], Number)

const run = (spec: string, more: ConfigInput, feeds = feedsOf(batch, 'float64')) =>
  evaluateModel(graphBytes({ ...configOf(batch, 'loop', more), dtype: 'float64', semantics: spec as never }), feeds)

const outcomeOf = (spec: string) => new Evaluator(inputOf(batch)).outcome(semanticsOfSpec(parseSpec(spec)))

describe('options of a graph with other semantics', () => {
  it.each(['nchw', 'nachw', 'nahwc'] as const)('%s gives loss and gradient of nhwc', async (layout) => {
    const more = { gradients: true }
    const A = batch.config.anchorMask[0]?.length as number
    const moved = batch.logits.map((t) => inLayout(t, layout, A))
    const feeds = feedsOf({ ...batch, logits: moved }, 'float64')
    const [plain, turned] = [await run('gluon-cv', more), await run('gluon-cv', { ...more, layout }, feeds)]
    expect(numbers(turned, 'loss')).toEqual(numbers(plain, 'loss'))
    const gradient = plain.get('grad_y_pred_1') as Tensor<'float64'>
    expect(numbers(turned, 'grad_y_pred_1')).toEqual(Array.from(inLayout(gradient, layout, A).data))
  })

  it('reduction none gives the loss of each image, a normaliser divides in place of the batch', async () => {
    const { loss, perImage } = outcomeOf('yunyang')
    const each = numbers(await run('yunyang', { reduction: 'none' }), 'loss')
    expect(each.length).toBe(perImage.length)
    for (const [b, own] of each.entries()) expect(own).toBeCloseTo(perImage[b] as number, 8)
    const normalizer: Tensor = { dtype: 'float64', shape: [], data: Float64Array.of(7) }
    const divided = await run('yunyang', { normalizer: true }, { ...feedsOf(batch, 'float64'), normalizer })
    expect(numbers(divided, 'loss')[0]).toBeCloseTo((loss * perImage.length) / 7, 8)
  })

  it('weights weigh beside those of the rules, rank 1 is a list of one', async () => {
    const { scales } = outcomeOf('mmdetection')
    const found = await run('mmdetection', { weights: { xy: 3, class: 0 }, lossRank: 1 })
    const wanted = scales.reduce((sum, { xy, wh, conf }) => sum + 3 * xy + wh + conf, 0)
    expect(found.get('loss')?.shape).toEqual([1])
    expect(numbers(found, 'loss')[0]).toBeCloseTo(wanted, 8)
  })

  it('float16 logits are calculated in float32, and opset 25 is one', async () => {
    const half = { ...configOf(batch, 'static', { dtype: 'float16', gradients: true }), semantics: 'darknet' as const }
    expect(graphBytes(half).length).toBeGreaterThan(0)
    const last = graphBytes({ ...configOf(batch, 'static', { opset: 25 }), semantics: 'ultralytics-v3' })
    const found = await evaluateModel(last, feedsOf(batch, 'float32')).catch((error: Error) => error)
    if (found instanceof Error)
      expect(found.message).toMatch(/opset/i) // of a runtime older than the opset
    else expect(numbers(found, 'loss')[0]).toBeCloseTo(outcomeOf('ultralytics-v3').loss, 4)
  })

  it('a refused box makes the loss NaN, or is left out', async () => {
    const boxes = { ...batch.boxes, data: batch.boxes.data.slice() }
    boxes.data.set([10, 10, 40, 40, 99], 0)
    const feeds = { ...feedsOf(batch, 'float64'), boxes }
    const told = await run('alexeyab', {}, feeds)
    expect([numbers(told, 'loss')[0], numbers(told, 'boxes_refused')[0], numbers(told, 'first_refused')[0]]).toEqual([Number.NaN, 1, 0]) // biome-ignore format: one row
    const dropped = numbers(await run('alexeyab', { badBoxes: 'drop' }, feeds), 'loss')[0]
    const wanted = new Evaluator({ ...inputOf(batch), labels: boxes }).outcome(semanticsOfSpec(parseSpec('alexeyab')))
    expect(dropped).toBeCloseTo(wanted.loss, 8)
  })
})

const operators = ({ nodes }: Body): string[] =>
  nodes.flatMap(({ op, attributes }) => [
    op,
    ...Object.values(attributes).flatMap((a) => ('graph' in a ? operators(a.graph) : [])),
  ])

describe('a static graph', () => {
  it.each(['ultralytics-v3', 'mmdetection', 'yunyang', 'yolov1', 'paddle'] as const)(
    'of %s has no open sizes',
    (semantics) => {
      const more = { semantics, components: true, masks: true, gradients: true }
      const { body } = lossModel(resolveConfig(configOf(batch, 'static', more)))
      expect(operators(body).filter((op) => formOf('static').clearOf.includes(op))).toEqual([])
    },
  )
})

describe('dense labels', () => {
  it.each(
    ['static', 'loop'].flatMap((form) =>
      ['david8862', 'gluon-cv', 'ultralytics-v3'].map((name) => [form, name] as const),
    ),
  )('in the %s form give the loss that %s makes of what they hold', async (form, name) => {
    const labels = assignTargets(batch.boxes, batch.size, batch.config)
    const input = { ...inputOf(batch), labels }
    const semantics = semanticsOfSpec(parseSpec(name))
    const evaluator = new Evaluator(input)
    const own = name === 'david8862' ? {} : { semanticsFromLabels: true }
    const fixed = form === 'static' ? { batch: batch.boxes.shape[0], input: batch.size, maxBoxes: 9 } : {}
    const more = { form, ...fixed, ...own, masks: true, gradients: true, dtype: 'float64' }
    const { boxes: _, ...rest } = feedsOf(batch, 'float64')
    const wide = labels.map((y): Tensor => ({ dtype: 'float64', shape: y.shape, data: Float64Array.from(y.data) }))
    const feeds = { ...rest, ...Object.fromEntries(wide.map((y, l) => [`y_true_${l}`, y])) }
    const found = await evaluateModel(graphBytes({ ...batch.config, ...more, semantics: name } as ConfigInput), feeds)
    const { loss, perImage, scales } = evaluator.outcome(semantics)
    const wanted = semantics.reduction === 'image' ? Array.from(perImage) : [loss]
    for (const [i, x] of numbers(found, 'loss').entries()) expect(x).toBeCloseTo(wanted[i] as number, 8)
    for (const [l, { ignoreMask }] of scales.entries())
      expect(numbers(found, `ignore_mask_${l}`)).toEqual(Array.from(ignoreMask))
    for (const [l, values] of evaluator.gradients(semantics).entries())
      for (const [i, x] of numbers(found, `grad_y_pred_${l}`).entries()) expect(x).toBeCloseTo(values[i] as number, 8)
  })

  it('beyond what a static graph has room for make the loss NaN', async () => {
    const labels = assignTargets(batch.boxes, batch.size, batch.config)
    const more = { form: 'static', batch: batch.boxes.shape[0], input: batch.size, maxBoxes: 1 }
    const { boxes: _, ...rest } = feedsOf(batch, 'float32')
    const feeds = { ...rest, ...Object.fromEntries(labels.map((y, l) => [`y_true_${l}`, y])) }
    const bytes = graphBytes({ ...batch.config, ...more, semantics: 'david8862' } as ConfigInput)
    expect(numbers(await evaluateModel(bytes, feeds), 'loss')).toEqual([Number.NaN])
  })
})

describe('a configuration', () => {
  const preset = { preset: 'yolov3-coco', labels: 'boxes' } as const

  it('takes a spec, leaves out what changes nothing, and chooses a form', () => {
    const config = resolveConfig({ ...preset, semantics: 'gluon-cv,size=squared,decode=exp', rules: { whWeight: 0.5 } })
    expect([config.semantics, config.rules, config.form]).toEqual([
      'gluon-cv',
      { size: 'squared', whWeight: 0.5 },
      'loop',
    ])
    expect(resolveConfig({ ...preset, semantics: 'paddle', batch: 2, input: [64, 64] }).form).toBe('static')
    expect(resolveConfig({ ...preset, semantics: 'keras-yolo3,size=half-squared' })).toEqual(resolveConfig(preset))
  })

  it('stands in the stamp where it is not the usual one, and nothing of it elsewhere', () => {
    const usual = lossModel(resolveConfig(preset)).metadata as Record<string, string>
    expect([usual[semanticsKey], usual[configKey]?.match(/semantics|rules/)]).toEqual(['keras-yolo3@e6598d1', null])
    const other = lossModel(resolveConfig({ ...preset, semantics: 'darknet', rules: { xyWeight: 2 } }))
    expect(other.metadata?.[semanticsKey]).toBe('darknet,xyWeight=2')
    expect(JSON.parse(other.metadata?.[configKey] as string)).toMatchObject({
      semantics: 'darknet',
      rules: { xyWeight: 2 },
    })
  })

  it.each<[what: string, input: ConfigInput, why: RegExp]>([
    ['compact', { semantics: 'darknet', form: 'compact' }, /must be static or loop for darknet/],
    ['a head', { semantics: 'darknet', graph: 'head', labels: 'dense' }, /must be loss for darknet/],
    ['diagnostics', { semantics: 'paddle', diagnostics: true }, /is of the loss of keras-yolo3 alone/],
    [
      'a runtime',
      { semantics: 'paddle', for: 'openvino' },
      /must be static or loop|is of the loss of keras-yolo3 alone/,
    ],
    ['a sum', { semantics: 'darknet', reduction: 'sum' }, /set the rule reduction=sum/],
    ['a normaliser', { semantics: 'darknet', normalizer: true }, /has the rule reduction=sum/],
    [
      'dense labels',
      { semantics: 'paddle', labels: 'dense' },
      /"labels" must be boxes or weighted-boxes for paddle: .*sharedBox=each.*"semanticsFromLabels"/,
    ],
    ['no use of labels', { semantics: 'paddle', semanticsFromLabels: true }, /is about dense labels, not boxes/],
    ['an unknown spec', { semantics: 'yolov9' as never }, /is yolov9: .* there are keras-yolo3/],
    ['an unknown value', { rules: { size: 'cubed' } as never }, /size "cubed", which has half-squared/],
    ['an unknown rule', { rules: { sizes: 'l1' } as never }, /"sizes", which is no rule/],
    ['a number below 0', { rules: { whWeight: -1 } }, /whWeight -1, which is a number of 0 or more/],
  ])('refuses %s', (_, input, why) => {
    expect(refusal({ ...preset, ...input }).message).toMatch(why)
  })
})
