import { called, type Detector, graphField, refuse } from '../../detector/index.js'
import { quoted, type Tensor } from '../../io/index.js'
import { dataTypeName, type Edit, encodeForeignPart, encodePart, exact, type NodeProto, type TensorProto, tensorOf } from '../../onnx/index.js' // biome-ignore format: one line
import type { Drawn } from './draw.js'
import type { Followed } from './follow.js'
import { readersOf } from './spelling.js'

/** First IR version in which an initializer need not be an input. */
const initializersAloneSince = 4

const apart = 'export it with parameters of their own'

/** A parameter that belongs to one node alone. @throws InputError for any other */
function ownParameter(detector: Detector, node: NodeProto, name: string): TensorProto {
  const { file, graph, initializers } = detector
  const tensor = initializers.get(name)
  const where = `${file}, ${called(node)}`
  if (!tensor) return refuse('E_NEW_HEADS', where, `its parameter ${quoted(name)} is no initializer`, apart)
  const other = readersOf(detector, name).find((reader) => reader !== node)
  if (other) refuse('E_NEW_HEADS', where, `its parameter ${quoted(name)} is that of ${called(other)}, too`, apart)
  const twice = node.input.filter((input) => input === name).length > 1
  if (twice || graph.output.some((output) => output.name === name))
    refuse('E_NEW_HEADS', where, `its parameter ${quoted(name)} has another use`, apart)
  const dtype = dataTypeName(tensor.dataType)
  if (dtype !== 'float32')
    refuse('E_NEW_HEADS', where, `its parameter ${quoted(name)} is ${dtype}`, 'export it as float32')
  return tensor
}

/** The last convolution of a head, and its parameters. */
export interface Last {
  readonly node: NodeProto
  readonly weight: string
  /** Its bias, or the name of the one it gets. */
  readonly bias: string
  /** Shape of the weight, `[M, C, kh, kw]`. */
  readonly shape: readonly number[]
}

/** @throws InputError for a convolution in groups, and for parameters that others have a part in */
export function opened(detector: Detector, node: NodeProto, taken: ReadonlySet<string>): Last {
  const [, weight = '', bias = ''] = node.input
  const shape = ownParameter(detector, node, weight).dims.map(exact)
  const group = node.attribute.find(({ name }) => name === 'group')
  if (group && exact(group.i) !== 1)
    refuse('E_NEW_HEADS', detector.file, `${called(node)} works in groups`, 'name other heads: --heads')
  if (shape.length < 3)
    refuse('E_NEW_HEADS', detector.file, `${called(node)} has a weight [${shape}]`, 'check the model')
  if (bias !== '') ownParameter(detector, node, bias)
  return { node, weight, bias: bias || freeName(`${weight}.bias`, taken), shape }
}

function freeName(name: string, taken: ReadonlySet<string>): string {
  return taken.has(name) ? freeName(`${name}_`, taken) : name
}

/** An initializer in the place of another of its name, or behind all. */
function stored({ graph, info }: Detector, name: string, tensor: Tensor): Edit[] {
  const at = graph.initializer.findIndex((t) => t.name === name)
  const put = [encodePart.initializer({ name, tensor })]
  if (at >= 0) return [{ number: graphField.initializer, at, count: 1, put }]
  const { dtype, shape } = tensor
  const declared = [encodePart.value({ name, dtype, shape })]
  return [
    { number: graphField.initializer, at: graph.initializer.length, count: 0, put },
    ...(info.irVersion < initializersAloneSince
      ? [{ number: graphField.input, at: graph.input.length, count: 0, put: declared }]
      : []),
  ]
}

/** The numbers of a convolution, and a bias where it has none. */
export function renewed(detector: Detector, { node, weight, bias }: Last, drawn: Drawn): Edit[] {
  const at = detector.graph.node.indexOf(node)
  const [x = ''] = node.input
  const put = [encodeForeignPart('node', { ...node, input: [x, weight, bias] })]
  return [
    ...stored(detector, weight, drawn.weight),
    ...stored(detector, bias, drawn.bias),
    ...(node.input[2] ? [] : [{ number: graphField.node, at, count: 1, put }]),
  ]
}

/** Sizes that stand in constants. @throws InputError for those that others read */
export function respelt(detector: Detector, spelled: Followed['spelled']): Edit[] {
  return [...spelled].flatMap(([name, { sizes, by, changes }]): Edit[] => {
    if (!changes) return []
    const other = readersOf(detector, name).find((reader) => !by.includes(reader))
    const what = `the sizes ${quoted(name)} of ${called(by[0] as NodeProto)} are read by ${other && called(other)}, too`
    if (other) refuse('E_NEW_HEADS', detector.file, what, 'export it anew, with fixed sizes')
    const odd = sizes.find((size) => !Number.isSafeInteger(size))
    if (odd !== undefined)
      refuse('E_NEW_HEADS', detector.file, `the sizes ${quoted(name)} hold ${odd}, which is none`, 'export it anew')
    const tensor = tensorOf('int64', [sizes.length], sizes)
    if (detector.initializers.has(name)) return stored(detector, name, tensor)
    const node = detector.producers.get(name) as NodeProto
    const put = [encodePart.node({ name: node.name, op: 'Constant', inputs: [], outputs: [name], attributes: { value: { tensor } } })] // biome-ignore format: one line
    return [{ number: graphField.node, at: detector.graph.node.indexOf(node), count: 1, put }]
  })
}
