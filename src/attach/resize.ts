import { called, constantNumbers, type Detector, graphField, namesIn, refuse } from '../detector/index.js'
import { type Edit, encodePart, type Node, type NodeProto } from '../onnx/index.js'

type Factors = readonly [rows: number, columns: number]

const text = (node: NodeProto, name: string, fallback: string): string => {
  const attribute = node.attribute.find((a) => a.name === name)
  return attribute ? Buffer.from(attribute.s).toString() : fallback
}

/** Where a pixel of the result lies in the source. */
const positions: Readonly<Record<string, (i: number, factor: number) => number>> = {
  half_pixel: (i, factor) => (i + 0.5) / factor - 0.5,
  pytorch_half_pixel: (i, factor) => (i + 0.5) / factor - 0.5,
  asymmetric: (i, factor) => i / factor,
  tf_half_pixel_for_nn: (i, factor) => (i + 0.5) / factor,
}

const roundings: Readonly<Record<string, (x: number) => number>> = {
  round_prefer_floor: (x) => Math.ceil(x - 0.5),
  round_prefer_ceil: (x) => Math.floor(x + 0.5),
  floor: Math.floor,
  ceil: Math.ceil,
}

/** Whether every pixel is simply repeated: the rule of the operator, tried on the pixels of a few source pixels. */
function repeats(node: NodeProto, factor: number): boolean {
  const position = positions[text(node, 'coordinate_transformation_mode', 'half_pixel')]
  const rounding = roundings[text(node, 'nearest_mode', 'round_prefer_floor')]
  if (!position || !rounding) return false
  // The first and last pixels are clamped to the source, which repeating does too.
  const source = 4
  return Array.from({ length: source * factor }, (_, i) => i).every((i) => {
    const at = Math.min(Math.max(rounding(position(i, factor)), 0), source - 1)
    return at === Math.floor(i / factor)
  })
}

/** The factors of a nearest-neighbour Resize that repeats each pixel a whole number of times; else undefined. */
export function rewritable(detector: Detector, node: NodeProto): Factors | undefined {
  if (
    node.opType !== 'Resize' ||
    text(node, 'mode', 'nearest') !== 'nearest' ||
    node.attribute.some((a) => a.name === 'axes')
  )
    return undefined
  const scales = constantNumbers(detector, node.input[2] ?? '')
  const [n, c, rows = 0, columns = 0] = scales ?? []
  if (scales?.length !== 4 || n !== 1 || c !== 1) return undefined
  const whole = [rows, columns].every((f) => Number.isInteger(f) && f >= 1 && repeats(node, f))
  return whole ? [rows, columns] : undefined
}

/** `[…, n] → […, n·factor]`, each entry repeated: a new last axis, spread, and merged again. */
function repeatLast(from: string, to: string, factor: number, opset: number, constant: Constants): Node[] {
  const name = (part: string) => `${to}/${part}`
  const axes =
    opset >= 13
      ? { inputs: [from, constant([4])], attributes: {} }
      : { inputs: [from], attributes: { axes: { ints: [4] } } }
  const node = (op: string, inputs: string[], output: string, attributes = {}): Node => ({
    name: output,
    op,
    inputs,
    outputs: [output],
    attributes,
  })
  return [
    node('Unsqueeze', axes.inputs, name('Unsqueeze'), axes.attributes),
    node('Expand', [name('Unsqueeze'), constant([1, 1, 1, 1, factor])], name('Expand')),
    node('Reshape', [name('Expand'), constant([0, 0, 0, -1])], to),
  ]
}

type Constants = (values: readonly number[]) => string

const swap = (from: string, to: string): Node => ({
  name: to,
  op: 'Transpose',
  inputs: [from],
  outputs: [to],
  attributes: { perm: { ints: [0, 1, 3, 2] } },
})

/** Columns, then rows with both swapped, so that no size has to be known. */
function repeated(node: NodeProto, [rows, columns]: Factors, opset: number, stem: string): Node[] {
  const [from, to] = [node.input[0] as string, node.output[0] as string]
  const constants: Node[] = []
  const constant = (values: readonly number[]) => {
    const name = `${stem}/${values}`
    if (!constants.some((c) => c.name === name)) {
      const tensor = { dtype: 'int64' as const, shape: [values.length], data: BigInt64Array.from(values, BigInt) }
      constants.push({ name, op: 'Constant', inputs: [], outputs: [name], attributes: { value: { tensor } } })
    }
    return name
  }
  const steps = [
    ...repeatLast(from, `${stem}/columns`, columns, opset, constant),
    swap(`${stem}/columns`, `${stem}/swapped`),
    ...repeatLast(`${stem}/swapped`, `${stem}/rows`, rows, opset, constant),
    swap(`${stem}/rows`, to),
  ]
  return [...constants, ...steps]
}

/**
 * Edits that put operators which ORT training can differentiate in the place of every nearest-neighbour Resize; the
 * numbers stay the same, bit for bit.
 * @throws InputError naming a Resize for which that is not possible
 */
export function resizeEdits(detector: Detector, opset: number): Edit[] {
  const { values } = namesIn(detector)
  const stemFor = ({ output: [to] }: NodeProto): string => {
    let stem = `${to}/repeat`
    while ([...values].some((name) => name.startsWith(`${stem}/`))) stem = `${stem}_`
    return stem
  }
  return detector.graph.node.flatMap((node, at): Edit[] => {
    if (node.opType !== 'Resize' && node.opType !== 'Upsample') return []
    const factors = rewritable(detector, node)
    if (!factors)
      refuse(
        'E_RESIZE',
        detector.file,
        `${called(node)} is no nearest-neighbour Resize by whole factors known beforehand`,
        'attach without --rewrite-resize, or export the detector with fixed scale factors',
      )
    return [
      {
        number: graphField.node,
        at,
        count: 1,
        put: repeated(node, factors, opset, stemFor(node)).map(encodePart.node),
      },
    ]
  })
}
