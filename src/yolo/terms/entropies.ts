import type { Real } from '../../io/index.js'
import type { Dim, Value } from '../../onnx/index.js'
import { concat, concatAll, split } from '../../onnx/parts.js'
import { bceWithLogits, type Differentiable, type Tail } from '../formulas/bce.js'
import type { Entries } from './entries.js'

/** Cross-entropies of the entries that are probabilities. */
export interface Entropies<D extends Real = Real> {
  readonly xy: Differentiable<D>
  readonly obj: Differentiable<D>
  readonly cls: Differentiable<D>
}

/** E(z, t) of centre and classes, each by itself. */
export function separateEntropies<D extends Real>(
  z: Entries<D>,
  t: Entries<D>,
  tail: Tail,
): Pick<Entropies<D>, 'xy' | 'cls'> {
  const E = (name: 'xy' | 'cls') => t.xy.graph.scope(name, () => bceWithLogits(z[name], t[name], tail))
  return { xy: E('xy'), cls: E('cls') }
}

/** Parts of the last axis of a value and its slope. */
function parted<D extends Real>({ value, slope }: Differentiable<D>, sizes: readonly Dim[]): Differentiable<D>[] {
  const [values, slopes] = [split(value, sizes, -1), split(slope, sizes, -1)]
  return values.map((part, i) => ({ value: part, slope: slopes[i] as Value<D> }))
}

/** Those of the objectness as well, all in one go: a third of the nodes, at the price of a copy. */
export function jointEntropies<D extends Real>(z: Entries<D>, t: Entries<D>, tail: Tail): Entropies<D> {
  return t.xy.graph.scope('entropies', () => {
    const row = ({ xy, obj, cls }: Entries<D>) => concat([xy, obj, cls], -1)
    const all = bceWithLogits(row(z), row(t), tail)
    const [xy, obj, cls] = parted(all, [2, 1, t.cls.shape.at(-1) as Dim]) as Several<D>
    return { xy, obj, cls }
  })
}

type Several<D extends Real> = [Differentiable<D>, Differentiable<D>, Differentiable<D>]

/** Labels and logits of one shape. */
interface Pair<D extends Real> {
  readonly z: Value<D>
  readonly t: Value<D>
}

/** E(z, t) of pairs that differ in the last axis alone, in one go: the nodes of one cross-entropy for all. */
export function pooledEntropies<D extends Real>(pairs: readonly Pair<D>[], tail: Tail): Differentiable<D>[] {
  const [{ t }] = pairs as [Pair<D>]
  const all = (of: keyof Pair<D>) => concatAll(pairs.map((pair) => pair[of]), -1) // biome-ignore format: one row
  const sizes = pairs.map((pair) => pair.t.shape.at(-1) as Dim)
  return t.graph.scope('entropies', () => parted(bceWithLogits(all('z'), all('t'), tail), sizes))
}
