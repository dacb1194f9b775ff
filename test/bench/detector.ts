import type { Tensor } from '../../src/io/tensor.js'
import { Graph } from '../../src/onnx/graph/graph.js'
import type { Dim } from '../../src/onnx/graph/model.js'
import type { Value } from '../../src/onnx/graph/value.js'
import { encodeModel } from '../../src/onnx/proto/encode.js'

const channels = 3 * (5 + 80)
const side = 416

/** Weights that no file system stores as a hole. */
function weights(shape: readonly number[]): Tensor<'float32'> {
  const data = new Float32Array(shape.reduce((size, dim) => size * dim, 1))
  for (let i = 0; i < data.length; i++) data[i] = ((i % 509) - 254) / 4096
  return { dtype: 'float32', shape, data }
}

/** Convolutions whose weights come last: a graph compares each constant with all others, which takes minutes for these. */
class Convolutions {
  readonly graph = new Graph()
  readonly #shapes = new Map<string, readonly number[]>()

  of(x: Value, filters: number, kernel: number, stride = 1): Value {
    const [n, depth, h, w] = x.shape as [Dim, number, number, number]
    const layer = this.#shapes.size
    const constant = this.graph.constant({ dtype: 'float32', shape: [1], data: Float32Array.of(layer) }, `w${layer}`)
    this.#shapes.set(constant.name, [filters, depth, kernel, kernel])
    const pad = (kernel - 1) / 2
    const attributes = {
      kernel_shape: { ints: [kernel, kernel] },
      strides: { ints: [stride, stride] },
      pads: { ints: [pad, pad, pad, pad] },
    }
    return this.graph.emit('Conv', [x, constant], ['float32', [n, filters, h / stride, w / stride]], attributes)
  }

  bytes(outputs: readonly Value[]): Uint8Array {
    const model = this.graph.build(Object.fromEntries(outputs.map((value, l) => [`head_${l}`, value])))
    const initializers = model.body.initializers.map(({ name, tensor }) => {
      const shape = this.#shapes.get(name)
      return { name, tensor: shape ? weights(shape) : tensor }
    })
    return encodeModel({ ...model, body: { ...model.body, initializers } })
  }
}

/** A detector for COCO with the heads of YOLOv3 and as many weights, 250 MB, most of them in 13 large convolutions. */
export function heavyDetector(): Uint8Array {
  const conv = new Convolutions()
  let x: Value = conv.graph.input('image', 'float32', ['N', 3, side, side])
  const features = [16, 32, 64, 128, 512].map((width) => {
    x = conv.of(x, width, 3, 2)
    return x
  })
  for (let i = 0; i < 13; i++) x = conv.of(x, i % 2 ? 512 : 1024, 3)
  const [fine, middle] = features.slice(2, 4) as [Value, Value]
  return conv.bytes([x, middle, fine].map((feature) => conv.of(feature, channels, 1)))
}
