import { called, constantNumbers, type Detector, graphField, namesIn, refuse, textOf } from '../detector/index.js'
import { type Edit, encodePart, type Node, type NodeProto, operation, tensorOf } from '../onnx/index.js'

type Factors = readonly [rows: number, columns: number]

/** Whether a node makes maps larger; ORT training has no gradient for it. */
export const resizes = ({ opType }: NodeProto): boolean => opType === 'Resize' || opType === 'Upsample'

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
  const position = positions[textOf(node, 'coordinate_transformation_mode') || 'half_pixel']
  const rounding = roundings[textOf(node, 'nearest_mode') || 'round_prefer_floor']
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
  const isNearest = (textOf(node, 'mode') || 'nearest') === 'nearest'
  if (node.opType !== 'Resize' || !isNearest || node.attribute.some((a) => a.name === 'axes')) return undefined
  const scales = constantNumbers(detector, node.input[2] ?? '')
  const [n, c, rows = 0, columns = 0] = scales ?? []
  if (scales?.length !== 4 || n !== 1 || c !== 1) return undefined
  const whole = [rows, columns].every((f) => Number.isInteger(f) && f >= 1 && repeats(node, f))
  return whole ? [rows, columns] : undefined
}

/** Makes a constant of these numbers and gives its name. */
type Constants = (values: readonly number[]) => string

/** `[…, n] → […, n·factor]`, each entry repeated: a new last axis, spread, and merged again. */
function repeatLast(from: string, to: string, factor: number, opset: number, constant: Constants): Node[] {
  const [longer, spread] = [`${to}/Unsqueeze`, `${to}/Expand`]
  return [
    opset >= 13
      ? operation('Unsqueeze', [from, constant([4])], longer)
      : operation('Unsqueeze', [from], longer, { axes: { ints: [4] } }),
    operation('Expand', [longer, constant([1, 1, 1, 1, factor])], spread),
    operation('Reshape', [spread, constant([0, 0, 0, -1])], to),
  ]
}

const swap = (from: string, to: string): Node => operation('Transpose', [from], to, { perm: { ints: [0, 1, 3, 2] } })

/** Columns, then rows with both swapped, so that no size has to be known. */
function repeated(node: NodeProto, [rows, columns]: Factors, opset: number, stem: string): Node[] {
  const [from, to] = [node.input[0] as string, node.output[0] as string]
  const constants = new Map<string, Node>()
  const constant = (values: readonly number[]) => {
    const name = `${stem}/${values}`
    const tensor = tensorOf('int64', [values.length], values)
    if (!constants.has(name)) constants.set(name, operation('Constant', [], name, { value: { tensor } }))
    return name
  }
  const steps = [
    ...repeatLast(from, `${stem}/columns`, columns, opset, constant),
    swap(`${stem}/columns`, `${stem}/swapped`),
    ...repeatLast(`${stem}/swapped`, `${stem}/rows`, rows, opset, constant),
    swap(`${stem}/rows`, to),
  ]
  return [...constants.values(), ...steps]
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
    if (!resizes(node)) return []
    const what = `${called(node)} is no nearest-neighbour Resize by whole factors known beforehand`
    const remedy = 'attach without --rewrite-resize, or export the detector with fixed scale factors'
    const factors = rewritable(detector, node) ?? refuse('E_RESIZE', detector.file, what, remedy)
    const put = repeated(node, factors, opset, stemFor(node)).map(encodePart.node)
    return [{ number: graphField.node, at, count: 1, put }]
  })
}
