import { isReal } from '../../../../src/io/tensor.js'
import { operation } from '../../../../src/onnx/graph/model.js'
import type { Fault } from '../mutants.js'
import { after, before, fresh, type Site, scalarOf } from '../sites.js'

/** Element types by their numbers in ONNX. */
const [float16, numbers] = [10, { float32: 1, float64: 11 } as Readonly<Record<string, number>>]

/** A value that float16 has held. */
function halved(site: Site): Fault[] {
  const back = numbers[site.typeOf(site.node.outputs[0] ?? '')?.dtype ?? '']
  if (back === undefined) return []
  const half = fresh(site, 'half')
  const nodes = after(site, (a, b) => [
    operation('Cast', [a], half, { to: { int: float16 } }),
    operation('Cast', [half], b, { to: { int: back } }),
  ])
  return [{ what: 'in float16', change: { nodes } }]
}

/** What people add lest they divide by 0. */
const epsilon = 1e-7

/** Where people stop a size before it overflows. */
const cap = 4

function guarded(site: Site): Fault[] {
  const { node, typeOf } = site
  const dtype = typeOf(node.outputs[0] ?? '')?.dtype
  if (dtype === undefined || !isReal(dtype)) return []
  const at = (index: number, op: string, value: number, what: string): Fault => {
    const constant = scalarOf(site, 'guard', dtype, value)
    const nodes = before(site, index, (a, b) => [operation(op, [a, constant.name], b)])
    return { what, change: { nodes, constants: [constant] } }
  }
  if (node.op === 'Div') return [at(1, 'Add', epsilon, `${epsilon} added to the divisor`)]
  return node.op === 'Exp' ? [at(0, 'Min', cap, `capped at ${cap}`)] : []
}

/** Fewer bits, and guards that the original does not have. */
export const inPrecision = (site: Site): Fault[] => [...halved(site), ...guarded(site)]
