import { describe, expect, it } from 'vitest'
import { attachLoss } from '../../src/attach/attach.js'
import { lintGraph } from '../../src/lint/lint.js'
import { type Target, targets } from '../../src/lint/table.js'
import { Graph } from '../../src/onnx/graph/graph.js'
import type { Value } from '../../src/onnx/graph/value.js'
import { gatherRows } from '../../src/onnx/ops/batched.js'
import { split } from '../../src/onnx/ops/divide.js'
import { abs, add, exp, floor, min, mul, neg, softplus } from '../../src/onnx/ops/elementwise.js'
import { less, where } from '../../src/onnx/ops/logic.js'
import { cast } from '../../src/onnx/ops/movement.js'
import { sorted } from '../../src/onnx/ops/rank.js'
import { cumSum, reduceMax, reduceSum } from '../../src/onnx/ops/reduce.js'
import { nonZero } from '../../src/onnx/ops/select.js'
import { encodeModel } from '../../src/onnx/proto/encode.js'
import type { ConfigInput } from '../../src/yolo/config/config.js'
import { resolveConfig } from '../../src/yolo/config/resolve.js'
import { type RuntimeFacts, runtimeNames, runtimeOf } from '../../src/yolo/config/runtimes.js'
import { lossModel } from '../../src/yolo/loss.js'
import { type TinyOptions, tinyConfig, tinyDetector } from '../attach/detector.js'
import { yoloLoss } from '../support/cli.js'

type V = Value<'float32'>

/** A model with the sum of what is planted on the logits `[2, 6]` as its loss. */
function planted(plant: (t: V, graph: Graph) => Value, opset = 17): Uint8Array {
  const graph = new Graph({ opset })
  const t = graph.input('y_pred_0', 'float32', [2, 6])
  const value = graph.scope('planted', () => plant(t, graph))
  return encodeModel(graph.build({ loss: value.shape.length === 0 ? value : reduceSum(value as V) }))
}

const emit = (t: V, op: string, inputs: readonly Value[], shape: readonly number[] = [2, 6]) =>
  t.graph.emit(op, inputs, ['float32', shape])

const offenders: readonly [what: string, target: Target, op: string, bytes: Uint8Array, why: RegExp][] = [
  ['Softplus', 'ort-training', 'Softplus', planted(softplus), /no gradient/],
  ['e^−|t|', 'ort-training', 'Abs', planted((t) => exp(neg(abs(t)))), /not 1/],
  ['e^min(t, −t)', 'ort-training', 'Min', planted((t) => exp(min(t, neg(t)))), /not 1/],
  ['Floor', 'ort-training', 'Floor', planted((t) => add(floor(t), t)), /no gradient/],
  ['a maximum', 'ort-training', 'ReduceMax', planted((t) => reduceMax(t, { axes: [1] })), /no gradient/],
  ['half a Split', 'ort-training', 'Split', planted((t) => split(t, [2, 4], 1)[0]), /outputs in use/],
  ['axes as input', 'ort-training', 'ReduceMean', planted((t, g) => emit(t, 'ReduceMean', [t, g.ints([1])], [2, 1]), 18), /axes/],
  ['an exponent', 'ort-training', 'Pow', planted((t, g) => emit(t, 'Pow', [g.scalar(2, 'float32'), t])), /exponent/],
  ['a spread input', 'ort-training', 'Where', planted((t) => where(less(t, 0), reduceSum(t), t)), /spread/],
  ['a loss for each image', 'ort-training', 'output', encodeModel(perImage()), /one number/],
  ['no loss at all', 'ort-training', 'output', planted((t) => cast(less(t, 0), 'float32')), /depend on the logits/],
  ['NonZero', 'webgpu', 'NonZero', planted((t) => cast(nonZero(t, 'n'), 'float32')), /no kernel/],
  ['int64', 'webgpu', 'Add', planted((t) => cast(add(cast(t, 'int64'), 3), 'float32')), /int64/],
  ['divided bits', 'webgpu', 'Split', planted((t) => cast(split(less(t, 0), [2, 4], 1)[0], 'float32')), /bool/],
  ['the order of int64', 'webgpu', 'TopK', planted((t) => cast(sorted(cast(t, 'int64'), 'smallest')[0], 'float32')), /int64/],
  ['int64 in a Where', 'webgpu', 'Where', planted((t) => cast(where(less(t, 0), cast(t, 'int64'), 1), 'float32')), /int64/],
  ['Softplus', 'webgpu', 'Softplus', planted(softplus), /vanishes/],
  ['NonZero', 'cuda', 'NonZero', planted((t) => cast(nonZero(t, 'n'), 'float32')), /host/],
  ['a late opset', 'cuda', 'ReduceMax', planted((t) => reduceMax(t, { axes: [1] }), 20), /up to opset 19/],
  ['NonZero of bool', 'tensorrt', 'NonZero', planted((t) => cast(nonZero(less(t, 0), 'n'), 'float32')), /bool/],
  ['running sums of int64', 'tensorrt', 'CumSum', planted((t) => cast(cumSum(cast(t, 'int64'), 1), 'float32')), /int64/],
  ['float64 as a result', 'tensorrt', 'Cast', planted((t) => cast(cast(t, 'float64'), 'float32')), /float64/],
  ['open axes', 'tensorrt', 'ReduceSum', planted((t) => emit(t, 'ReduceSum', [t, cast(reduceSum(t), 'int64')], [2, 1])), /constant/],
  ['float64', 'tensorrt', 'Exp', planted((t) => cast(exp(cast(t, 'float64')), 'float32')), /float64/],
  ['a late opset', 'onnx2torch', 'Split', planted((t) => split(t, [2, 4], 1)[0], 18), /up to opset 17/],
  ['rows of each image', 'onnx2torch', 'GatherND', encodeModel(ofEachImage()), /batch dimensions/],
  ['NonZero', 'onnx2torch', 'NonZero', planted((t) => cast(nonZero(t, 'n'), 'float32')), /transposed/],
  ['rows of each image', 'jax', 'GatherND', encodeModel(ofEachImage()), /--for jax/],
  ['Less', 'mnn', 'Less', planted((t) => cast(less(t, 0), 'float32')), /negative/],
  ['a Cast to bool', 'mnn', 'Cast', planted((t) => cast(cast(t, 'bool'), 'float32')), /truncates/],
  ['float64', 'openvino', 'Exp', planted((t) => cast(exp(cast(t, 'float64')), 'float32')), /float64/],
  ['running sums', 'tvm', 'CumSum', planted((t) => cumSum(t, 1)), /Shape/],
  ['a loop', 'openvino', 'Loop', exported({ form: 'loop' }), /open length/],
  ['a loop', 'iree', 'Loop', exported({ form: 'loop' }), /open length/],
  ['open sizes', 'iree', 'Shape', exported({ batch: undefined, input: undefined }), /sizes/],
  ['a list of open length', 'tinygrad', 'NonZero', exported({}), /wrong/],
  ['a table of indices', 'tinygrad', 'Gather', exported({ form: 'static' }), /for a list/],
  ['a loop', 'tinygrad', 'Loop', exported({ form: 'loop' }), /does not take/],
  ['an unknown operator', 'onnx2torch', 'Shrink', planted((t) => emit(t, 'Shrink', [t])), /does not take/],
] // biome-ignore format: a table

function ofEachImage() {
  const graph = new Graph()
  const t = graph.input('y_pred_0', 'float32', [2, 6, 1])
  return graph.build({ loss: reduceSum(gatherRows(t, graph.input('places', 'int64', [2, 3, 1]))) })
}

function perImage() {
  const graph = new Graph()
  const t = graph.input('y_pred_0', 'float32', [2, 6])
  return graph.build({ loss: reduceSum(t, { axes: [1] }) })
}

function exported(input: ConfigInput) {
  return encodeModel(
    lossModel(resolveConfig({ preset: 'yolov3-tiny-coco', classes: 3, batch: 2, input: [64, 96], ...input })),
  )
}

describe('lint', () => {
  it.each(offenders)('finds %s for %s: %s', (_, target, op, bytes, why) => {
    const { findings } = lintGraph(bytes, target)
    expect(findings.map((f) => [f.op, f.why])).toContainEqual([op, expect.stringMatching(why)])
  })

  it('names the node and what avoids it', () => {
    expect(lintGraph(exported({ classes: 3 }), 'ort-training').findings[0]).toEqual({
      node: expect.stringMatching(/^objects\/.*Min$/),
      op: 'Min',
      why: expect.stringMatching(/a slope at t = 0/),
      remedy: 'export --for ort-training',
    })
  })

  it('finds no float64 in a graph of float32, and sends that of the inputs to float32', () => {
    const remedies = (bytes: Uint8Array) =>
      new Set(
        lintGraph(bytes, 'tensorrt')
          .findings.filter((f) => /float64/.test(f.why))
          .map((f) => f.remedy),
      )
    for (const form of ['compact', 'loop']) expect(remedies(exported({ form }))).toEqual(new Set())
    expect(remedies(exported({ dtype: 'float64', form: 'static' }))).toEqual(new Set(['export --dtype float32']))
  })

  it('lets what has no gradient stand where none is needed', () => {
    const mask = planted((t) => mul(t, cast(less(reduceMax(t, { axes: [1], keep: true }), 0), 'float32')))
    expect(lintGraph(mask, 'ort-training').findings).toEqual([])
    const labels = (t: V, graph: Graph) => mul(t, cumSum(abs(graph.input('y_true_0', 'float32', [2, 6])), 1))
    expect(lintGraph(planted(labels), 'ort-training').findings).toEqual([])
  })

  it.each(targets)('passes the static form, with gradients, for %s', (target) => {
    const meant = runtimeNames.find((name) => name === target)
    const facts: Partial<RuntimeFacts> = meant ? runtimeOf(meant) : {}
    for (const labels of facts.notBoxes ? ['dense'] : ['dense', 'boxes', 'weighted-boxes']) {
      const made = exported({ form: 'static', gradients: !facts.notGradients, labels, for: meant })
      expect(lintGraph(made, target).findings).toEqual([])
    }
  })

  it.each([
    {},
    { batch: undefined, input: undefined },
    { layout: 'nchw' },
    { opset: 21 },
    { guard: true },
    { labels: 'boxes' },
    { labels: 'weighted-boxes', form: 'static', opset: 13 },
    { graph: 'loss', labels: 'boxes', batch: undefined, input: undefined, normalizer: true },
  ])('passes what is exported for ORT training: %o', (options) => {
    const made = exported({ for: 'ort-training', components: true, ...options })
    expect(lintGraph(made, 'ort-training').findings).toEqual([])
  })
})

describe('lint for ORT training, of a detector with its loss', () => {
  const found = (detector: TinyOptions, config: ConfigInput) => {
    const trained = resolveConfig({ ...tinyConfig, for: 'ort-training', ...config })
    return lintGraph(attachLoss(tinyDetector(detector), trained, { rewriteResize: true }).bytes, 'ort-training')
      .findings
  }

  it.each<[string, TinyOptions, ConfigInput]>([
    ['dense labels', {}, {}],
    ['boxes', {}, { labels: 'boxes' }],
    ['boxes of another name', { image: 'boxes' }, { labels: 'boxes' }],
    ['dense labels, where the detector has boxes', { image: 'boxes' }, {}],
  ])('derives nothing by %s, and all by the image', (_, detector, config) => {
    expect(found(detector, config)).toEqual([])
    const untrained = found(detector, { ...config, for: undefined })
    expect(untrained.map((f) => f.op)).toContain('Min')
    expect(untrained.map((f) => f.op)).not.toContain('Floor')
  })
})

describe('yolo-loss lint', () => {
  it('needs a target it knows', async () => {
    expect((await yoloLoss(['lint', 'x.onnx'])).code).toBe(2)
    expect((await yoloLoss(['lint', 'x.onnx', '--for', 'gpu'])).code).toBe(2)
  })

  it('ends with 3 for what is no model', async () => {
    expect((await yoloLoss(['lint', 'package.json', '--for', 'cuda'])).code).toBe(3)
  })

  it('ends with 0 for a graph that passes and with 1 for one that does not, naming why', async () => {
    expect(await yoloLoss(['lint', 'graphs/yolov3-coco.onnx', '--for', 'openvino'])).toMatchObject({ code: 0 })
    const { code, stdout } = await yoloLoss(['lint', 'graphs/yolov3-coco.onnx', '--for', 'ort-training'])
    expect(code).toBe(1)
    expect(stdout).toMatch(/Min: e\^−\|t\| gets .*\n {4}at objects\S+ and \d+ more\n {4}hint: export --for/)
  })
})
