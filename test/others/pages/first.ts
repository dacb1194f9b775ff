import { encodeNpz, float32, type Tensor } from '../../../src/io/index.js'
import { Random } from '../../../src/io/random.js'
import { type Dim, encodeModel, Graph, type Value } from '../../../src/onnx/index.js'
import type { ConfigInput } from '../../../src/yolo/index.js'
import { graphBytes } from '../../support/cases.js'
import { app, frame, jpeg } from '../../support/images.js'
import { theirs } from './theirs.js'

/** Content of files by name: text, bytes, or what becomes JSON. */
export type Files = Readonly<Record<string, string | Uint8Array | object>>

const photo = (height: number, width: number): Uint8Array => jpeg(app, frame(height, width))

/** Arrays by name as one file. */
export const archive = (arrays: Readonly<Record<string, Tensor>>): Promise<Uint8Array> =>
  encodeNpz(Object.entries(arrays).map(([name, tensor]) => ({ name, tensor })))

/** Heads of two images of 416 pixels, of some channels, coarsest first, as arrays of an archive. */
export function logits(channels: number): Promise<Uint8Array> {
  const random = new Random(1)
  const heads = [13, 26, 52].map((side, l) => {
    const values = Array.from({ length: 2 * side * side * channels }, () => random.normal(-3, 1))
    return [`y_pred_${l}`, float32([2, side, side, channels], values)] as const
  })
  return archive(Object.fromEntries(heads))
}

/** A detector of six convolutions with the heads of YOLOv3 for COCO. */
function detector(): Uint8Array {
  const graph = new Graph()
  const random = new Random(2)
  const conv = (x: Value, width: number, stride: number, name: string): Value => {
    const [n, depth, h, w] = x.shape as [Dim, number, number, number]
    const size = width * depth * stride * stride
    const weights = Array.from({ length: size }, () => random.normal(0, 0.1))
    const weight = graph.constant(float32([width, depth, stride, stride], weights), `${name}.weight`)
    const sides = { kernel_shape: { ints: [stride, stride] }, strides: { ints: [stride, stride] } }
    return graph.scope(name, () =>
      graph.emit('Conv', [x, weight], ['float32', [n, width, h / stride, w / stride]], sides),
    )
  }
  const fine = conv(graph.input('image', 'float32', ['N', 3, 416, 416]), 8, 8, 'stage0')
  const middle = conv(fine, 12, 2, 'stage1')
  const features = [conv(middle, 16, 2, 'stage2'), middle, fine]
  const heads = features.map((x, l) => [`head_${l}`, conv(x, 255, 1, `heads.${l}`)] as const)
  return encodeModel(graph.build(Object.fromEntries(heads)))
}

/** A configuration that no preset and no fixture has, as the first page writes it. */
export const three: ConfigInput = { anchors: [[12, 18], [30, 44], [61, 80], [100, 70], [140, 160], [210, 190]], classes: 3 } // biome-ignore format: one row

/** What the first page starts from. */
export async function firstPage(): Promise<Files> {
  const random = new Random(3)
  const heads = [[2, 3], [4, 6]].map(([h = 0, w = 0]) => [1, h, w]) // biome-ignore format: one row a scale
  const drawn = (shape: readonly number[]) =>
    float32(
      shape,
      Array.from({ length: shape.reduce((n, d) => n * d) }, () => random.normal(0, 1)),
    )
  const mine = heads.flatMap(([b = 0, h = 0, w = 0], l) => [
    [`y_pred_${l}`, drawn([b, h, w, 24])] as const,
    [`y_true_${l}`, float32([b, h, w, 3, 8], new Float32Array(b * h * w * 24))] as const,
  ])
  return {
    'train.txt': 'a.jpg 30,20,100,90,3 20,30,335,470,5\nb.jpg 40,60,120,160,1\n',
    'a.jpg': photo(480, 640),
    'b.jpg': photo(300, 200),
    'predictions.npz': await logits(255),
    'detector.onnx': detector(),
    'my.npz': await archive(Object.fromEntries(mine)),
    'torch.onnx': graphBytes(three),
    'results.npz': await archive(theirs()),
  }
}
