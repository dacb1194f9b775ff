import { Random } from '../../src/io/random.js'
import { type DType, float32 } from '../../src/io/tensor.js'
import { Graph } from '../../src/onnx/graph/graph.js'
import type { Attribute, Dim, Shape } from '../../src/onnx/graph/model.js'
import type { Value } from '../../src/onnx/graph/value.js'
import { cast, concat, reshape, sigmoid, transpose } from '../../src/onnx/ops.js'
import { encodeModel, encodePart } from '../../src/onnx/proto/encode.js'
import { joined, payloads, splice } from '../../src/onnx/proto/wire.js'
import type { TypedInput } from '../../src/yolo/config/config.js'

/** The configuration of the tiny detector: two scales of three anchors, two classes. */
export const tinyConfig = {
  anchors: [[5, 8], [12, 9], [17, 30], [33, 20], [40, 52], [70, 60]],
  anchorMask: [[3, 4, 5], [0, 1, 2]],
  classes: 2,
  ignoreThreshold: 0.5,
} satisfies TypedInput // biome-ignore format: one row a scale

const entries = 5 + tinyConfig.classes
const channels = 3 * entries

/** How the tiny detector hands out a head. */
export type HeadForm = 'nchw' | 'nhwc' | 'nahwc' | 'nachw' | 'nhwac' | 'flat-hwa' | 'flat-ahw' | 'float16' | 'sigmoid'

export interface TinyOptions {
  readonly opset?: number
  readonly irVersion?: number
  readonly batch?: Dim
  /** Rows and columns of the image; multiples of 32, or symbols. */
  readonly size?: readonly [Dim, Dim]
  readonly head?: HeadForm
  readonly seed?: number
  /** Whether a batch norm follows each strided convolution, and whether it was exported in training mode. */
  readonly norm?: boolean | 'training'
  /** Name of the input, and those of the two outputs. */
  readonly image?: string
  readonly names?: readonly [string, string]
}

/** Pixels along an axis at a stride; a symbol gets a suffix. */
const strided = (dim: Dim, stride: number): Dim => (typeof dim === 'number' ? dim / stride : `${dim}_${stride}`)

/**
 * A YOLOv3-style detector of seeded weights, 4 kB: five strided convolutions, a head, nearest upsampling, a second head.
 * It detects nothing, but its graph is that of the real ones.
 */
export class TinyDetector {
  readonly graph: Graph
  readonly #random: Random
  readonly #options: Required<TinyOptions>

  constructor(options: TinyOptions = {}) {
    const defaults = {
      opset: 13,
      irVersion: 7,
      batch: 'N',
      size: [96, 64],
      head: 'nchw',
      seed: 7,
      norm: false,
    } as const
    this.#options = { ...defaults, image: 'image', names: ['coarse', 'fine'], ...options }
    this.graph = new Graph({ opset: this.#options.opset, irVersion: this.#options.irVersion })
    this.#random = new Random(this.#options.seed)
  }

  bytes(): Uint8Array {
    const { image, names, batch, size } = this.#options
    const input = this.graph.input(image, 'float32', [batch, 3, ...size])
    let x: Value = input
    const features = [6, 8, 8, 12, 16].map((width, i) => {
      x = this.#conv(x, width, 3, 2, `stage${i}`)
      if (this.#options.norm) x = this.#norm(x, width, `norm${i}`)
      x = this.#emit('LeakyRelu', [x], x.shape, { alpha: { float: 0.125 } })
      return x
    }) as [Value, Value, Value, Value, Value]
    const coarse = this.#conv(features[4], channels, 1, 1, 'head0')
    const up = this.#upsample(this.#conv(features[4], 6, 1, 1, 'route'))
    const fine = this.#conv(concat([up, features[3]], 1), channels, 1, 1, 'head1')
    const heads = [coarse, fine].map((h) => this.#form(h as Value<'float32'>))
    const model = this.graph.build(
      { [names[0]]: heads[0] as Value, [names[1]]: heads[1] as Value },
      { name: 'tiny', producer: { name: 'tiny-detector', version: '1' }, metadata: { author: 'nobody' } },
    )
    return encodeModel(model)
  }

  #emit(op: string, inputs: Value[], shape: Shape, attributes: Record<string, Attribute> = {}): Value {
    return this.graph.emit(op, inputs, ['float32' as DType, shape], attributes)
  }

  #conv(x: Value, width: number, kernel: number, stride: number, name: string): Value {
    const [n, depth, h, w] = x.shape as [Dim, number, Dim, Dim]
    const spread = 1.2 / Math.sqrt(depth * kernel * kernel)
    const normal = (count: number, deviation: number) =>
      Array.from({ length: count }, () => Math.round(this.#random.normal(0, deviation) * 256) / 256)
    const weights = float32([width, depth, kernel, kernel], normal(width * depth * kernel * kernel, spread))
    const { size } = this.#options
    const total = typeof size[0] === 'number' ? 1 : this.#stride(x) * stride
    const rows = typeof h === 'number' ? h / stride : strided(size[0], total)
    const columns = typeof w === 'number' ? w / stride : strided(size[1], total)
    const pad = (kernel - 1) / 2
    return this.graph.scope(name, () =>
      this.#emit(
        'Conv',
        [
          x,
          this.graph.constant(weights, `${name}.weight`),
          this.graph.constant(float32([width], normal(width, 0.3)), `${name}.bias`),
        ],
        [n, width, rows, columns],
        {
          kernel_shape: { ints: [kernel, kernel] },
          strides: { ints: [stride, stride] },
          pads: { ints: [pad, pad, pad, pad] },
        },
      ),
    )
  }

  #norm(x: Value, width: number, name: string): Value {
    const drawn = (low: number, high: number, what: string) => {
      const values = Array.from({ length: width }, () => low + (high - low) * this.#random.uniform())
      return this.graph.constant(float32([width], values), `${name}.${what}`)
    }
    const parameters = [
      drawn(0.5, 1.5, 'scale'),
      drawn(-0.5, 0.5, 'bias'),
      drawn(-0.2, 0.2, 'mean'),
      drawn(0.5, 2, 'var'),
    ]
    const trains = this.#options.norm === 'training'
    const result = (shape: Shape) => ['float32' as DType, shape] as const
    const results = [result(x.shape), ...(trains ? [result([width]), result([width])] : [])]
    const mode: Record<string, Attribute> = trains ? { training_mode: { int: 1 } } : {}
    const made = this.graph.scope(name, () =>
      this.graph.emitMany('BatchNormalization', [x, ...parameters], results, mode),
    )
    return made[0] as Value
  }

  /** Total stride so far, read off the symbol. */
  #stride(x: Value): number {
    const dim = String(x.shape[2])
    return dim.includes('_') ? Number(dim.split('_')[1]) : 1
  }

  #upsample(x: Value): Value {
    const [n, c, h, w] = x.shape as [Dim, Dim, Dim, Dim]
    const { size } = this.#options
    const double = (dim: Dim, full: Dim) => (typeof dim === 'number' ? dim * 2 : strided(full, 16))
    const scales = this.graph.constant(float32([4], [1, 1, 2, 2]), 'scales')
    const roi = this.graph.constant(float32([0], []), 'roi')
    return this.#emit('Resize', [x, roi, scales], [n, c, double(h, size[0]), double(w, size[1])], {
      mode: { string: 'nearest' },
      coordinate_transformation_mode: { string: 'asymmetric' },
      nearest_mode: { string: 'floor' },
    })
  }

  #form(x: Value<'float32'>): Value {
    const [n, , h, w] = x.shape as [Dim, Dim, Dim, Dim]
    const split = () => reshape(x, [n, 3, entries, h, w])
    switch (this.#options.head) {
      case 'nchw':
        return x
      case 'nhwc':
        return transpose(x, [0, 2, 3, 1])
      case 'nachw':
        return split()
      case 'nahwc':
        return transpose(split(), [0, 1, 3, 4, 2])
      case 'nhwac':
        return transpose(split(), [0, 3, 4, 1, 2])
      case 'flat-hwa':
        return reshape(transpose(split(), [0, 3, 4, 1, 2]), [n, (h as number) * (w as number) * 3, entries])
      case 'flat-ahw':
        return reshape(transpose(split(), [0, 1, 3, 4, 2]), [n, (h as number) * (w as number) * 3, entries])
      case 'float16':
        return cast(x, 'float16')
      case 'sigmoid':
        return sigmoid(x)
    }
  }
}

export const tinyDetector = (options: TinyOptions = {}): Uint8Array => new TinyDetector(options).bytes()

/** The tiny detector with one more initializer of `size` float32 numbers, kept in another file. */
export function external(entries: Readonly<Record<string, string>>, size = 4): Uint8Array {
  const plain = tinyDetector()
  const graph = payloads(plain, 7)[0] as Uint8Array
  const empty = encodePart.initializer({
    name: 'far',
    tensor: { dtype: 'float32', shape: [size], data: new Float32Array() },
  })
  const data = Object.entries(entries).flatMap(([key, value]) => encodePart.metadata({ [key]: value }))
  const location = new Uint8Array([0x70, 1])
  const put = new Uint8Array([
    ...joined(splice(withoutRaw(empty), [{ number: 13, at: 0, count: 0, put: data }])),
    ...location,
  ])
  const at = payloads(graph, 5).length
  return joined(
    splice(plain, [
      { number: 7, at: 0, count: 1, put: [joined(splice(graph, [{ number: 5, at, count: 0, put: [put] }]))] },
    ]),
  )
}

const withoutRaw = (tensor: Uint8Array): Uint8Array => joined(splice(tensor, [{ number: 9, at: 0, count: 1, put: [] }]))
