import { called, type Detector, intsOf, refuse } from '../../detector/index.js'
import { quoted } from '../../io/index.js'
import type { NodeProto } from '../../onnx/index.js'
import { type Change, type Roles, reshaped, respelled, transposed } from './axes.js'
import { passing } from './find.js'
import { readersOf, spellingOf } from './spelling.js'

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

/** What a constant is to spell, for one more node. @throws InputError where another node needs it otherwise */
function spell(
  { file }: Detector,
  name: string,
  was: readonly number[],
  sizes: readonly number[],
  by: NodeProto,
  into: Followed,
): void {
  const before = into.spelled.get(name)
  if (before && String(before.sizes) !== String(sizes))
    refuse('E_NEW_HEADS', file, `two nodes read the sizes ${quoted(name)}, and need others`, 'export it anew')
  into.spelled.set(name, { sizes, changes: String(sizes) !== String(was), by: [...(before?.by ?? []), by] })
}

function behindReshape(detector: Detector, node: NodeProto, roles: Roles, change: Change, into: Followed): Roles {
  const { sizes, pieces, by } = spellingOf(detector, node)
  const after = reshaped(roles, sizes, change)
  const shown = sizes.map((size) => (Number.isNaN(size) ? '?' : size))
  const odd = `${called(node)} makes [${shown}] of ${change.anchors} × ${change.from} channels`
  if (!after) return refuse('E_NEW_HEADS', detector.file, `${odd}, which is no head with these anchors`, cut)
  const wanted = respelled(sizes, after, change)
  for (const [at, piece] of pieces)
    spell(detector, piece.name, piece.sizes, wanted.slice(at, at + piece.sizes.length), by, into)
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
