import { describe, expect, it } from 'vitest'
import { attachLoss } from '../../src/attach/attach.js'
import { detachLoss, replaceLoss } from '../../src/attach/detach.js'
import { encodeAsFunction } from '../../src/attach/function.js'
import type { Tensor } from '../../src/io/tensor.js'
import { decodeModel } from '../../src/onnx/proto/codec.js'
import { encodeModel } from '../../src/onnx/proto/encode.js'
import { joined, payloads, splice } from '../../src/onnx/proto/wire.js'
import { evaluateModel } from '../../src/runtime/session.js'
import { bindTensors } from '../../src/verify/cases/testcase.js'
import { compare } from '../../src/verify/compare/compare.js'
import type { ConfigInput } from '../../src/yolo/config/config.js'
import { resolveConfig } from '../../src/yolo/config/resolve.js'
import { lossModel } from '../../src/yolo/loss.js'
import { readFixture } from '../support/cases.js'
import { inLayout } from '../support/forms.js'
import { checkAttached } from './compare.js'
import { tinyConfig, tinyDetector } from './detector.js'
import { boxesOf, labelsOf, noise, tiny } from './given.js'

/** Every output that a loss has. */
const everything = { components: true, masks: true, diagnostics: true, gradients: true }

const modern = { opset: 17, irVersion: 8 }

/** Other anchors than those of the tiny detector. */
const turned = { anchors: tinyConfig.anchors.map(([w = 0, h = 0]) => [w * 1.25, h * 0.75]) }

describe('the loss as a function', () => {
  it.each([13, 17, 18, 21, 23, 24, 25])('attached, gives the same numbers as its nodes: opset %i', async (opset) => {
    const detector = tinyDetector({ opset, irVersion: 8 })
    const config = { ...tinyConfig, ...everything }
    const called = await checkAttached(detector, { asFunction: true, config })
    const inline = await checkAttached(detector, { config })
    for (const [name, tensor] of inline.outputs) expect(called.outputs.get(name), name).toEqual(tensor)
    expect(called.attached.nodes).toBe(1)
  })

  it.each([13, 25])('the same from boxes, opset %i', async (opset) => {
    const detector = tinyDetector({ opset, irVersion: 8 })
    for (const labels of ['boxes', 'weighted-boxes']) {
      const config = { ...tinyConfig, ...everything, labels }
      const called = await checkAttached(detector, { asFunction: true, config })
      const inline = await checkAttached(detector, { config })
      for (const [name, tensor] of inline.outputs) expect(called.outputs.get(name), name).toEqual(tensor)
      expect(called.attached.inputs).toEqual(['boxes'])
      expect(Buffer.from(detachLoss(called.attached.bytes).bytes).equals(detector)).toBe(true)
    }
  })

  it('is one node, and its attributes are those of the configuration', () => {
    const model = decodeModel(attachLoss(tinyDetector(modern), tiny, { asFunction: true }).bytes, 'm')
    const call = model.graph?.node.at(-1)
    expect([call?.opType, call?.domain]).toEqual(['YoloV3Loss', 'yolo.loss'])
    const attributes = Object.fromEntries(call?.attribute.map((a) => [a.name, a]) ?? [])
    expect([...(attributes.anchors?.floats ?? [])]).toEqual(tinyConfig.anchors.flat())
    expect([Number(attributes.classes?.i), attributes.ignore_threshold?.f]).toEqual([2, 0.5])
    expect(model.functions.map((f) => [f.domain, f.name])).toEqual([['yolo.loss', 'YoloV3Loss']])
  })

  it('in float64 or from boxes, takes no number that its float32 attributes would round', () => {
    const config = (rest: ConfigInput) => resolveConfig({ preset: 'yolov3-tiny-coco', dtype: 'float64', ...rest })
    expect(() => encodeAsFunction(config({ ignoreThreshold: 0.7 }))).toThrow(
      /"ignoreThreshold" must be float32.*got 0\.7/,
    )
    expect(() => encodeAsFunction(config({ anchors: [[10.1, 14], ...Array(5).fill([20, 20])] as never }))).toThrow(
      /"anchors" must be float32.*got 10\.1/,
    )
    const boxes = { dtype: 'float32', labels: 'boxes' }
    expect(() => encodeAsFunction(config({ ...boxes, anchors: [[10.1, 14], ...Array(5).fill([20, 20])] }))).toThrow(
      /"anchors" must be float32 numbers for a function from boxes.*got 10\.1/,
    )
    expect(encodeAsFunction(config({ ...boxes, ignoreThreshold: 0.7 })).length).toBeGreaterThan(0)
    expect(encodeAsFunction(config({ ignoreThreshold: 0.5 })).length).toBeGreaterThan(0)
    expect(encodeAsFunction(config({ dtype: 'float32', ignoreThreshold: 0.7 })).length).toBeGreaterThan(0)
  })

  it('exported, equals the graph on a fixture', async () => {
    const test = await readFixture('non-square')
    const config = resolveConfig({ ...(test.info.config as object), ...everything })
    const plain = encodeModel(lossModel(config))
    const feeds = Object.fromEntries(
      bindTensors(
        test.dataSets[0]?.inputs ?? [],
        lossModel(config).body.inputs.map((i) => i.name),
        'input',
        'non-square',
      ),
    ) as never
    const [called, inline] = [await evaluateModel(encodeAsFunction(config), feeds), await evaluateModel(plain, feeds)]
    for (const [name, tensor] of inline) expect(called.get(name), name).toEqual(tensor)
  })

  // The call of one configuration, put before the function of another: the attributes alone must make it the other loss.
  it.each<[string, ConfigInput]>([
    ['anchors', { ...tinyConfig, ...turned }],
    ['classes', { ...tinyConfig, classes: 5 }],
    ['classes, each in cache lines of its own,', { ...tinyConfig, classes: 12 }],
    ['classes and by image', { ...tinyConfig, classes: 3, reduction: 'none' }],
    ['a higher threshold', { ...tinyConfig, ignoreThreshold: 0.7 }],
    ['a threshold above 1', { ...tinyConfig, ignoreThreshold: 2 }],
    ['a lower threshold', { ...tinyConfig, ignoreThreshold: 0.3 }],
    ['anchors, from boxes,', { ...tinyConfig, ...turned, labels: 'boxes' }],
    ['classes, from boxes,', { ...tinyConfig, classes: 5, labels: 'weighted-boxes' }],
  ])('called with other %s is the loss of those', async (_, changed) => {
    const other = resolveConfig({ ...changed, ...everything })
    const own = encodeAsFunction(resolveConfig({ ...tinyConfig, ...everything, ...shared(changed) }))
    const theirs = encodeAsFunction(other)
    const [foreign] = payloads(own, 25)
    const swapped = joined(splice(theirs, [{ number: 25, at: 0, count: 1, put: [foreign as Uint8Array] }]))
    const feeds = feedsFor(other)
    const [got, want] = [await evaluateModel(swapped, feeds), await evaluateModel(encodeModel(lossModel(other)), feeds)]
    for (const [name, tensor] of want) {
      // Where the number of classes is open they are added up in other stages, and the last bits are others.
      const same = compare(name, tensor, got.get(name) as Tensor, { rtol: 5e-7, atol: 0 })
      expect([name, same.problem, same.mismatches]).toEqual([name, undefined, 0])
    }
  })

  it.each(['nhwc', 'nchw', 'nachw', 'nahwc'])(
    'equals the graph in the layout %s, of open and of fixed sizes',
    async (layout) => {
      for (const sizes of [{}, { batch: 2, input: [96, 64] }]) {
        const config = resolveConfig({ ...tinyConfig, ...everything, ...sizes, layout })
        const feeds = Object.fromEntries(
          Object.entries(feedsFor(config)).map(([name, tensor]) =>
            name.startsWith('y_pred') ? [name, inLayout(tensor as Tensor, config.layout, 3)] : [name, tensor],
          ),
        )
        const called = await evaluateModel(encodeAsFunction(config), feeds)
        for (const [name, tensor] of await evaluateModel(encodeModel(lossModel(config)), feeds))
          expect(called.get(name), name).toEqual(tensor)
      }
    },
  )

  it('detaches and is replaced like its nodes', () => {
    const detector = tinyDetector(modern)
    const { bytes } = attachLoss(detector, tiny, { asFunction: true, onlyLoss: true })
    expect(Buffer.from(detachLoss(bytes).bytes).equals(detector)).toBe(true)
    const other = resolveConfig({ ...tinyConfig, ignoreThreshold: 0.6 })
    const replaced = replaceLoss(bytes, other).bytes
    expect(decodeModel(replaced, 'm').functions).toHaveLength(1)
    expect(Buffer.from(detachLoss(replaced).bytes).equals(detector)).toBe(true)
  })

  it('is refused below IR 8, below opset 13, in other forms and at threshold 0', () => {
    const as =
      (detector: Uint8Array, config: ConfigInput = {}) =>
      () =>
        attachLoss(detector, resolveConfig({ ...tinyConfig, ...config }), { asFunction: true })
    expect(as(tinyDetector({ opset: 17, irVersion: 7 }))).toThrow(/functions need IR version 8, and it has 7/)
    expect(as(tinyDetector({ opset: 12, irVersion: 8 }))).toThrow(/"opset" must be 13 or more for a function/)
    expect(as(tinyDetector(modern), { form: 'loop' })).toThrow(/"form" must be compact/)
    expect(as(tinyDetector(modern), { semantics: 'gluon-cv', labels: 'boxes' })).toThrow(
      /"semantics" must be keras-yolo3/,
    )
    expect(as(tinyDetector(modern), { ignoreThreshold: 0 })).toThrow(/above 0/)
  })
})

/** What is not open to a call. */
const shared = ({ reduction, labels }: ConfigInput): ConfigInput => ({
  ...(reduction !== undefined && { reduction }),
  ...(labels !== undefined && { labels }),
})

/** Logits of the tiny detector's grids for any number of classes, and labels or boxes. */
function feedsFor(config: ReturnType<typeof resolveConfig>) {
  const labels = labelsOf(config, {})
  const logits = Object.values(labels).map(({ shape: [b, h, w, a, d] }, l) => {
    const shape = [b, h, w, (a as number) * (d as number)] as number[]
    const size = shape.reduce((x, y) => x * y, 1)
    const source = noise({ seed: 5 + l }).data
    return [`y_pred_${l}`, { dtype: 'float32' as const, shape, data: source.slice(0, size).map((x) => 3 * x) }] as const
  })
  return { ...Object.fromEntries(logits), ...(config.labels === 'dense' ? labels : { boxes: boxesOf(config, {}) }) }
}
