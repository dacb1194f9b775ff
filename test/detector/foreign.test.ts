import { describe, expect, it } from 'vitest'
import { attachLoss } from '../../src/attach/attach.js'
import { float32 } from '../../src/io/tensor.js'
import { Graph } from '../../src/onnx/graph/graph.js'
import type { Value } from '../../src/onnx/graph/value.js'
import { concat, reshape, sigmoid } from '../../src/onnx/ops.js'
import { encodeModel } from '../../src/onnx/proto/encode.js'
import { resolveConfig } from '../../src/yolo/config/resolve.js'

const side = 96

/** Features at the strides 32, 16 and 8, and a convolution of so many channels upon each. */
function heads(graph: Graph, channels: number): Value<'float32'>[] {
  const image = graph.input('images', 'float32', [1, 3, side, side])
  return [32, 16, 8].map((stride) => {
    const weights = graph.constant(float32([channels, 3, 1, 1], new Float32Array(3 * channels)), `weights${stride}`)
    const sizes = { kernel_shape: { ints: [1, 1] }, strides: { ints: [stride, stride] } }
    const shape = [1, channels, side / stride, side / stride]
    return graph.emit('Conv', [image, weights], ['float32', shape], sizes) as Value<'float32'>
  })
}

const cells = (side / 32) ** 2 * 21

/** All cells of all scales along the last axis, as Ultralytics exports them. */
function joined(graph: Graph, channels: number): Value<'float32'> {
  const [first, ...others] = heads(graph, channels).map((x) => reshape(x, [1, channels, Number(x.shape[2]) ** 2]))
  return concat([first as Value<'float32'>, ...others], 2)
}

const model = (outputs: (graph: Graph) => Record<string, Value>): Uint8Array => {
  const graph = new Graph({ opset: 17 })
  return encodeModel(graph.build(outputs(graph)))
}

const coco = resolveConfig({ preset: 'yolov3-coco' })
const attach =
  (bytes: Uint8Array, options = {}) =>
  () =>
    attachLoss(bytes, coco, { file: 'theirs.onnx', ...options })

describe('a detector that no YOLO v3 loss fits is told to be what it is', () => {
  it.each([
    ['with decoded heads', (graph: Graph) => sigmoid(joined(graph, 84))],
    ['with raw heads', (graph: Graph) => joined(graph, 84)],
  ])('YOLOv8, %s, by its 4 + 80 channels', (_, output) => {
    const bytes = model((graph) => ({ output0: output(graph) }))
    for (const options of [{}, { heads: ['output0'] }]) {
      expect(attach(bytes, options)).toThrow(
        `theirs.onnx: "output0" float32[1,84,${cells}] holds 4 + 80 numbers (box, classes) for each of ${cells} cells, without anchors, as YOLOv8, YOLO11 and yolov3u of Ultralytics give them\n  hint: no YOLO v3 loss fits it: train it with the loss of its own framework`,
      )
      expect(attach(bytes, options)).not.toThrow(/\d+ channels are \d+ classes/)
    }
  })

  it('raw heads of YOLOv8, by their bins', () => {
    const bytes = model((graph) => Object.fromEntries(heads(graph, 144).map((x, l) => [`head${l}`, x])))
    expect(attach(bytes)).toThrow('holds 64 + 80 numbers (bins of the sides, classes) for each cell')
  })

  it('finished boxes behind non-maximum suppression', () => {
    const bytes = model((graph) => ({ boxes: graph.input('given', 'float32', [1, 300, 6]) }))
    expect(attach(bytes)).toThrow(/300 finished boxes.*\n {2}hint: export it without suppression/)
  })

  it('but where raw heads of the right size are in it, they are named', () => {
    const bytes = model((graph) => ({ output: sigmoid(reshape(joined(graph, 255), [1, cells * 3, 85])) }))
    expect(attach(bytes)).toThrow(
      /"output" holds no logits any more.*\n {2}hint: cut at the last raw convolutions: --heads \w/,
    )
  })
})

describe('sizes of grids', () => {
  it('are not taken for channels', () => {
    const bytes = model((graph) => Object.fromEntries(heads(graph, 75).map((x, l) => [`head${l}`, x])))
    expect(attach(bytes)).toThrow(/hint: 75 channels are 20 classes with 3 anchors$/)
    const square = model((graph) => ({ features: graph.input('given', 'float32', [1, 7, 39, 39]) }))
    expect(attach(square)).not.toThrow('39 channels')
  })
})
