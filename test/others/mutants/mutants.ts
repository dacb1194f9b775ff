import type { Model } from '../../../src/onnx/graph/model.js'
import { isNoEdit } from './edits.js'
import { inConstants } from './kinds/constants.js'
import { inOperators } from './kinds/operators.js'
import { inPrecision } from './kinds/precision.js'
import { inStructure } from './kinds/structure.js'
import { type Change, changed, type Site, sitesOf } from './sites.js'

/** A small fault at one node. */
export interface Fault {
  /** What is wrong, as `Sub for Add`. */
  readonly what: string
  readonly change: Change
}

/** A fault of a graph. */
export interface Mutant extends Fault {
  /** The same in every run. */
  readonly id: string
  readonly site: Site
}

/** What is done to a node, without repetitions and what changes nothing. */
function faultsAt(site: Site): Fault[] {
  const found = [...inOperators(site), ...inStructure(site), ...inPrecision(site), ...inConstants(site)]
  const seen = new Set<string>()
  return found.filter(({ change }) => {
    if (isNoEdit({ site, change })) return false
    const key = JSON.stringify(change.nodes, (_, x) => (typeof x === 'bigint' ? `${x}n` : x)) + constantsKey(change)
    return !seen.has(key) && seen.add(key)
  })
}

const constantsKey = ({ constants = [] }: Change): string =>
  constants.map(({ tensor }) => `${tensor.shape}:${tensor.data.join()}`).join()

/** Every mutant of a model, in the order of its nodes. */
export const mutantsOf = (model: Model): Mutant[] =>
  sitesOf(model).flatMap((site) =>
    faultsAt(site).map((fault) => ({ ...fault, site, id: `${site.node.name} (${site.node.op}): ${fault.what}` })),
  )

export const mutated = (model: Model, { site, change }: Mutant): Model => changed(model, site, change)
