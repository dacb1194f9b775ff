import { called, constantNumbers, type Detector, intsOf, refuse } from '../../detector/index.js'
import { quoted } from '../../io/index.js'
import { modelNode, type NodeProto } from '../../onnx/index.js'
import { type Change, type Roles, reshaped, respelled, transposed } from './axes.js'
import { passing } from './find.js'

interface Spelled {
  readonly sizes: readonly number[]
  /** Whether they were others before. */
  readonly changes: boolean
  readonly by: readonly NodeProto[]
}

/** What changes with the channels of the heads. */
export interface Followed {
  /** The values that hold the channels, and in which axes. */
  readonly values: Map<string, { readonly roles: Roles; readonly change: Change }>
  /** Constants that spell sizes, by name: what they are to be, and for which nodes. */
  readonly spelled: Map<string, Spelled>
}

const cut = 'cut the model at its heads: onnx.utils.extract_model'

/** Which nodes read a value, in the graph and in graphs inside it. */
export const readersOf = ({ graph }: Pick<Detector, 'graph'>, name: string): NodeProto[] =>
  graph.node.filter((node) => modelNode(node).reads.includes(name))

function behindReshape(detector: Detector, node: NodeProto, roles: Roles, change: Change, into: Followed): Roles {
  const { file } = detector
  const name = node.input[1] ?? ''
  const sizes = constantNumbers(detector, name)
  const what = `${called(node)} takes its sizes from other nodes, and they may be those of the old heads`
  if (!sizes) return refuse('E_NEW_HEADS', file, what, 'export it with fixed sizes')
  const after = reshaped(roles, sizes, change)
  const odd = `${called(node)} makes [${sizes}] of ${change.anchors} × ${change.from} channels`
  if (!after) return refuse('E_NEW_HEADS', file, `${odd}, which is no head with these anchors`, cut)
  const wanted = respelled(sizes, after, change)
  const before = into.spelled.get(name)
  if (before && String(before.sizes) !== String(wanted))
    refuse('E_NEW_HEADS', file, `two nodes read the sizes ${quoted(name)}, and need others`, 'export it anew')
  const changes = String(wanted) !== String(sizes)
  into.spelled.set(name, { sizes: wanted, changes, by: [...(before?.by ?? []), node] })
  return after
}

/** The roles of what a node makes of a value. @throws InputError for a node that looks at its channels */
function behind(detector: Detector, node: NodeProto, value: string, at: readonly [Roles, Change], into: Followed) {
  const [roles, change] = at
  const moves = passing.includes(node.opType) && node.domain === '' && node.input.indexOf(value) === 0
  const what = `${called(node)} reads ${quoted(value)}, whose channels would be others`
  if (!moves) return refuse('E_NEW_HEADS', detector.file, what, cut)
  if (node.opType === 'Reshape') return behindReshape(detector, node, roles, change, into)
  return node.opType === 'Transpose' ? transposed(roles, intsOf(node, 'perm')) : roles
}

/**
 * Follows the channels of a convolution to everything that holds them. What only reads the shape gets the new one by itself.
 * @throws InputError for nodes that look at the channels, and for sizes that cannot be corrected
 */
export function follow(detector: Detector, from: string, roles: Roles, change: Change, into: Followed): void {
  const open: [string, Roles][] = [[from, roles]]
  for (let next = open.pop(); next; next = open.pop()) {
    const [value, own] = next
    into.values.set(value, { roles: own, change })
    for (const node of readersOf(detector, value)) {
      if (node.opType === 'Shape' && node.domain === '') continue
      open.push([node.output[0] ?? '', behind(detector, node, value, [own, change], into)])
    }
  }
}
