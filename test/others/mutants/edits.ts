import type { Tensor } from '../../../src/io/tensor.js'
import type { Change, Site } from './sites.js'

/** A change at a site. */
interface Edited {
  readonly site: Site
  readonly change: Change
}

export const numbers = ({ data }: Tensor): number[] => Array.from(data as Float32Array, Number)

/** The constant that a mutant has changed: which operand, what it was and what it is. */
export function edit({ site, change }: Edited) {
  const [node] = change.nodes
  const index = site.node.inputs.findIndex((name, i) => node?.inputs[i] !== name)
  const before = site.constant(site.node.inputs[index] ?? '')
  const after = change.constants?.find(({ name }) => name === node?.inputs[index])?.tensor
  return before && after && change.nodes.length === 1
    ? { index, before: numbers(before), after: numbers(after) }
    : undefined
}

export const rankOf = ({ typeOf }: Site, name: string | undefined): number => typeOf(name ?? '')?.shape.length ?? 0

/** Where an operator has its axes, and how many there are to choose from. */
const axes: Readonly<Record<string, (site: Site) => readonly [index: number, rank: number]>> = {
  ReduceSum: (site) => [1, rankOf(site, site.node.inputs[0])],
  CumSum: (site) => [1, rankOf(site, site.node.inputs[0])],
  Squeeze: (site) => [1, rankOf(site, site.node.inputs[0])],
  Unsqueeze: (site) => [1, rankOf(site, site.node.outputs[0])],
  Slice: (site) => [3, rankOf(site, site.node.inputs[0])],
}

const fromTheEnd = (mutant: Edited): boolean => {
  const [index, rank] = axes[mutant.site.node.op]?.(mutant.site) ?? [-1, 0]
  const found = edit(mutant)
  const same = (list: readonly number[]) =>
    list
      .map((axis) => (axis + rank) % rank)
      .toSorted((a, b) => a - b)
      .join()
  const isThere = found?.after.every((axis) => axis >= -rank && axis < rank)
  return found?.index === index && isThere === true && same(found.before) === same(found.after)
}

/** Beyond the end of every axis. */
export const far = 2 ** 31

const beyondTheEnd = (mutant: Edited): boolean => {
  const found = edit(mutant)
  return (
    mutant.site.node.op === 'Slice' && found?.index === 2 && [...found.before, ...found.after].every((x) => x >= far)
  )
}

/** Whether an operator takes a constant for what it was before: then nothing has been mutated. */
export const isNoEdit = (mutant: Edited): boolean => fromTheEnd(mutant) || beyondTheEnd(mutant)
