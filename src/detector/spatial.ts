import { dataTypeName, exact, type NodeProto, type TensorProto } from '../onnx/index.js'
import { intsOf, textOf } from './attributes.js'
import type { Detector } from './open.js'

type GridSize = readonly [h: number, w: number]

/** Stands for an image whose size is open: only the order of the grids is asked for, and any large size gives it. */
const nominal: GridSize = [1024, 1024]

/** Operators that leave rows and columns as they are, whatever they do to the numbers. */
const keeping = new Set(
  (
    'Add Sub Mul Div BatchNormalization InstanceNormalization Relu LeakyRelu PRelu Elu Selu Sigmoid HardSigmoid HardSwish Tanh ' +
    'Softplus Mish Clip Identity Cast Dropout Concat Transpose Reshape QuantizeLinear DequantizeLinear'
  ).split(' '),
)

/**
 * Rows and columns of a feature map, worked out from the image through convolutions, pooling and resizing; undefined
 * where an operator in between is not understood. Good for telling scales apart, not for declaring shapes.
 */
export function gridOf(
  detector: Detector,
  value: string,
  known = new Map<string, GridSize | undefined>(),
): GridSize | undefined {
  const open = [value]
  while (open.length > 0) {
    const name = open.at(-1) as string
    if (known.has(name)) {
      open.pop()
      continue
    }
    const node = detector.producers.get(name)
    const sources = node ? sourcesOf(detector, node) : []
    const missing = sources.filter((s) => !known.has(s))
    for (const other of missing) open.push(other)
    if (missing.length > 0) continue
    known.set(name, node ? through(detector, node, sources, known) : imageGrid(detector, name))
    open.pop()
  }
  return known.get(value)
}

const isFeatureMap = (detector: Detector, name: string): boolean =>
  detector.producers.has(name) || detector.info.inputs.some((i) => i.name === name)

/** The feature maps a node reads: its weights and tables say nothing of rows and columns. */
function sourcesOf(detector: Detector, node: NodeProto): string[] {
  const many = ['Concat', 'Add', 'Mul', 'Sub', 'Div'].includes(node.opType)
  return node.input.slice(0, many ? undefined : 1).filter((name) => isFeatureMap(detector, name))
}

function imageGrid({ info }: Detector, name: string): GridSize | undefined {
  const shape = info.inputs.find((i) => i.name === name)?.shape
  if (shape?.length !== 4) return undefined
  const [, a, b, c] = shape
  const [h, w] = c === 3 && a !== 3 ? [a, b] : [b, c]
  return [typeof h === 'number' ? h : nominal[0], typeof w === 'number' ? w : nominal[1]]
}

function through(
  detector: Detector,
  node: NodeProto,
  sources: readonly string[],
  known: ReadonlyMap<string, GridSize | undefined>,
): GridSize | undefined {
  const from = sources.map((s) => known.get(s)).find((grid) => grid !== undefined)
  if (!from) return undefined
  if (['Conv', 'MaxPool', 'AveragePool'].includes(node.opType)) return windowed(detector, node, from)
  if (node.opType === 'Resize' || node.opType === 'Upsample') return resized(detector, node, from)
  if (node.opType === 'Pad') return padded(detector, node, from)
  return keeping.has(node.opType) ? from : undefined
}

function windowed(detector: Detector, node: NodeProto, from: GridSize): GridSize {
  const weights = detector.initializers.get(node.input[1] ?? '')
  const kernel = intsOf(node, 'kernel_shape') ?? weights?.dims.slice(2).map(exact) ?? [1, 1]
  const [strides, dilations] = [intsOf(node, 'strides') ?? [1, 1], intsOf(node, 'dilations') ?? [1, 1]]
  const pads = intsOf(node, 'pads') ?? [0, 0, 0, 0]
  const mode = textOf(node, 'auto_pad')
  const along = (i: 0 | 1) => {
    const stride = strides[i] ?? 1
    if (mode.startsWith('SAME')) return Math.ceil(from[i] / stride)
    const reach = (dilations[i] ?? 1) * ((kernel[i] ?? 1) - 1) + 1
    return Math.floor((from[i] + (pads[i] ?? 0) + (pads[i + 2] ?? 0) - reach) / stride) + 1
  }
  return [along(0), along(1)]
}

/** The numbers of a constant, whether an initializer or a Constant node. */
export function constantNumbers(detector: Detector, name: string): number[] | undefined {
  const maker = detector.producers.get(name)
  const tensor = detector.initializers.get(name) ?? (maker?.opType === 'Constant' ? maker.attribute[0]?.t : undefined)
  return tensor ? numbersOf(tensor) : undefined
}

function numbersOf(t: TensorProto): number[] | undefined {
  if (t.floatData.length > 0) return [...t.floatData]
  if (t.int64Data.length > 0) return t.int64Data.map(exact)
  const raw = new Uint8Array(t.rawData).buffer
  const dtype = dataTypeName(t.dataType)
  if (dtype === 'float32' && raw.byteLength % 4 === 0) return [...new Float32Array(raw)]
  if (dtype === 'int64' && raw.byteLength % 8 === 0) return [...new BigInt64Array(raw)].map(Number)
  return undefined
}

function resized(detector: Detector, node: NodeProto, from: GridSize): GridSize | undefined {
  const scales = constantNumbers(detector, node.input[node.opType === 'Upsample' ? 1 : 2] ?? '')
  if (scales?.length === 4) return [Math.floor(from[0] * (scales[2] ?? 1)), Math.floor(from[1] * (scales[3] ?? 1))]
  const sizes = constantNumbers(detector, node.input[3] ?? '')
  return sizes?.length === 4 ? [sizes[2] ?? 0, sizes[3] ?? 0] : undefined
}

/** Padding that is worked out when the graph runs is a cell or two, which does not change the order. */
function padded(detector: Detector, node: NodeProto, [h, w]: GridSize): GridSize {
  const pads = constantNumbers(detector, node.input[1] ?? '')
  if (pads?.length !== 8) return [h, w]
  return [h + (pads[2] ?? 0) + (pads[6] ?? 0), w + (pads[3] ?? 0) + (pads[7] ?? 0)]
}
