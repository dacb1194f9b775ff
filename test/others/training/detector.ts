import { float32 } from '../../../src/io/tensor.js'
import { Graph } from '../../../src/onnx/graph/graph.js'
import type { Value } from '../../../src/onnx/graph/value.js'
import { encodeModel } from '../../../src/onnx/proto/encode.js'
import { Random } from '../../../src/io/random.js'
import { config, size } from './dataset.js'

const [batch, rows, columns] = [config.batch as number, ...size]
const entries = 5 + config.classes

/** Channels of the strided convolutions; the last two are what the heads see. */
const widths = [12, 16, 24, 32, 48] as const

/** Channels of the features under the heads, coarsest scale first. */
export const featureWidths = [widths[4], widths[3]] as const

/** Makes the convolutions of the detector, with seeded weights. */
class Layers {
  readonly graph: Graph
  readonly #random = new Random(11)

  constructor(opset: number) {
    this.graph = new Graph({ opset })
  }

  conv(x: Value, width: number, kernel: number, stride: number, name: string): Value {
    const [, depth, h, w] = x.shape as [number, number, number, number]
    const deviation = kernel === 1 ? 0.1 : Math.sqrt(2 / (depth * kernel * kernel))
    const weights = Array.from({ length: width * depth * kernel * kernel }, () => this.#random.normal(0, deviation))
    const pad = (kernel - 1) / 2
    return this.graph.scope(name, () =>
      this.graph.emit(
        'Conv',
        [
          x,
          this.graph.constant(float32([width, depth, kernel, kernel], weights), `${name}.weight`),
          this.graph.constant(float32([width], this.#biases(width)), `${name}.bias`),
        ],
        ['float32', [batch, width, h / stride, w / stride]],
        {
          kernel_shape: { ints: [kernel, kernel] },
          strides: { ints: [stride, stride] },
          pads: { ints: Array(4).fill(pad) },
        },
      ),
    )
  }

  /** Small and all different, for equal constants would be stored once. */
  #biases(width: number): number[] {
    return Array.from({ length: width }, () => this.#random.normal(0, 0.01))
  }
}

/** The values of the detector: image, features under the heads, and heads `[B, A·(5+C), h, w]`, coarsest first. */
function detectorValues(opset: number) {
  const layers = new Layers(opset)
  const image = layers.graph.input('image', 'float32', [batch, 3, rows, columns])
  const stages: Value[] = [image]
  for (const [i, width] of widths.entries()) {
    const x = layers.conv(stages[i] as Value, width, 3, 2, `stage${i}`)
    stages.push(layers.graph.emit('LeakyRelu', [x], ['float32', x.shape], { alpha: { float: 0.1 } }))
  }
  const features = [stages[5] as Value, stages[4] as Value]
  const heads = features.map((x, l) => layers.conv(x, (config.anchorMask[l]?.length ?? 0) * entries, 1, 1, `head${l}`))
  return { graph: layers.graph, features, heads }
}

/** A small convolutional detector with two YOLO heads, `coarse` and `fine`, as a model. */
export function detector(opset = 17): Uint8Array {
  const { graph, heads } = detectorValues(opset)
  return encodeModel(graph.build({ coarse: heads[0] as Value, fine: heads[1] as Value }, { name: 'detector' }))
}

/** The same detector up to its heads: outputs `features_0` (coarse) and `features_1`. */
export function body(): Uint8Array {
  const { graph, features } = detectorValues(17)
  return encodeModel(
    graph.build({ features_0: features[0] as Value, features_1: features[1] as Value }, { name: 'body' }),
  )
}
