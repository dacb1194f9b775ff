import { called, constantNumbers, type Detector, refuse } from '../../detector/index.js'
import { quoted } from '../../io/index.js'
import { modelNode, type NodeProto } from '../../onnx/index.js'

/** Which nodes read a value, in the graph and in graphs inside it. */
export const readersOf = ({ graph }: Pick<Detector, 'graph'>, name: string): NodeProto[] =>
  graph.node.filter((node) => modelNode(node).reads.includes(name))

/** A constant that spells sizes, all of them or one after others. */
interface Piece {
  readonly name: string
  readonly sizes: readonly number[]
}

/** The sizes of a Reshape; NaN for one that is only known when the model runs. */
export interface Spelling {
  readonly sizes: readonly number[]
  /** The constants among them, by where they begin. */
  readonly pieces: ReadonlyMap<number, Piece>
  /** The node that reads these. */
  readonly by: NodeProto
}

/** Sizes that are put together when the model runs, of which each unknown piece is one. */
function putTogether(detector: Detector, concat: NodeProto): Spelling {
  const pieces = new Map<number, Piece>()
  const sizes: number[] = []
  for (const name of concat.input) {
    const known = constantNumbers(detector, name)
    if (known) pieces.set(sizes.length, { name, sizes: known })
    sizes.push(...(known ?? [Number.NaN]))
  }
  return { sizes, pieces, by: concat }
}

/** How the sizes of a Reshape are spelled. @throws InputError where nodes work them out, or others read them, too */
export function spellingOf(detector: Detector, reshape: NodeProto): Spelling {
  const { file, producers } = detector
  const name = reshape.input[1] ?? ''
  const sizes = constantNumbers(detector, name)
  if (sizes) return { sizes, pieces: new Map([[0, { name, sizes }]]), by: reshape }
  const maker = producers.get(name)
  const what = `${called(reshape)} takes its sizes from other nodes, and they may be those of the old heads`
  if (maker?.opType !== 'Concat') return refuse('E_NEW_HEADS', file, what, 'export it with fixed sizes')
  const other = readersOf(detector, name).find((node) => node !== reshape)
  if (other)
    refuse('E_NEW_HEADS', file, `the sizes ${quoted(name)} are read by ${called(other)}, too`, 'export it anew')
  return putTogether(detector, maker)
}
