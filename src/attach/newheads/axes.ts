/**
 * What an axis of a head holds: all channels, the anchors or the entries of each; of the others nothing is said.
 * A flattened head has its anchors among the places, and the entries behind.
 */
export type Role = 'channels' | 'anchors' | 'entries' | undefined
export type Roles = readonly Role[]

/** Channels of a head: anchors stay, their entries change. */
export interface Change {
  readonly anchors: number
  readonly from: number
  readonly to: number
}

/** What an axis of this role has before and after; undefined for one of no role. */
export function sizesAlong(
  role: Role,
  { anchors, from, to }: Change,
): readonly [before: number, after: number] | undefined {
  if (role === 'channels') return [anchors * from, anchors * to]
  if (role === 'entries') return [from, to]
  return role && [anchors, anchors]
}

/** The roles after a Transpose. */
export const transposed = (roles: Roles, perm: readonly number[] | undefined): Roles =>
  perm ? perm.map((axis) => roles[axis]) : roles.toReversed()

/** Sizes that a Reshape leaves to what it is given: all that is left, or as before. */
const open = [-1, 0]

const placed = (count: number, places: Readonly<Record<number, Role>>): Roles =>
  Array.from({ length: count }, (_, axis) => places[axis])

/**
 * The roles after a Reshape to these sizes; undefined where they tell of no head.
 * @param sizes as the node spells them, in the channels there were
 */
export function reshaped(roles: Roles, sizes: readonly number[], change: Change): Roles | undefined {
  const { anchors, from } = change
  const all = anchors * from
  const is = (axis: number, ...wanted: number[]) => wanted.includes(sizes[axis] ?? Number.NaN)
  const last = sizes.length - 1
  const [channels, apart, entries] = (['channels', 'anchors', 'entries'] as const).map((role) => roles.indexOf(role))
  const at = channels as number
  if (at >= 0) {
    if ((is(at, anchors) && is(at + 1, from, -1)) || (is(at, -1) && is(at + 1, from)))
      return placed(sizes.length, { [at]: 'anchors', [at + 1]: 'entries' })
    if (is(at, all) || (is(at, ...open) && sizes.length > 2)) return placed(sizes.length, { [at]: 'channels' })
    return at === roles.length - 1 && is(last, from) ? placed(sizes.length, { [last]: 'entries' }) : undefined
  }
  const [a, e] = [apart as number, entries as number]
  if (a >= 0 && e === a + 1 && is(a, all)) return placed(sizes.length, { [a]: 'channels' })
  if (e === roles.length - 1) return is(last, from, ...open) ? placed(sizes.length, { [last]: 'entries' }) : undefined
  return is(e, from, ...open) && (a < 0 || is(a, anchors, 0))
    ? placed(sizes.length, { [e]: 'entries', ...(a >= 0 && { [a]: 'anchors' }) })
    : undefined
}

/** The sizes that a Reshape spells, with the channels that come after. */
export const respelled = (sizes: readonly number[], roles: Roles, change: Change): number[] =>
  sizes.map((size, axis) => {
    const [before, after] = sizesAlong(roles[axis], change) ?? [size, size]
    return size === before ? after : size
  })
