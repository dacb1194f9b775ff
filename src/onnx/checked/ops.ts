import { type Check, must } from '../../io/index.js'
import * as unchecked from '../ops.js'
import { expectTypes, inGraph, takes } from './checks.js'

const { dim, dtype, int, ints, operand, result, shape, some, value } = takes
const one = [value]
const two = [operand, operand]
const optional = must.optional
const parts = must.list(operand)
const division = must.having({ counts: value, sizes: shape })

/** What each operator takes, in the order of its arguments. */
const argumentsOf: Readonly<Record<keyof typeof unchecked, readonly Check[]>> = {
  abs: one,
  add: two,
  and: [value, value],
  argMax: one,
  cast: [value, dtype],
  cellGrid: [value, value, shape, dtype],
  concat: [some, int],
  concatAll: [some, int],
  cumSum: [value, optional(int)],
  digits: [value, parts],
  div: two,
  divide: [value, division, optional(int)],
  divisionOf: [some],
  equal: two,
  exp: one,
  expand: [value, value, shape],
  filled: [value, shape, must.number, dtype],
  flatten: one,
  floor: one,
  following: [value, must.number],
  gather: [value, value, optional(int)],
  gatherRows: [value, value],
  greater: two,
  inChunks: [some, { what: 'sizes, at least one', fits: (x) => ints.fits(x) && (x as []).length > 0 }, optional(value)],
  less: two,
  log: one,
  lookUp: [value, value],
  matMul: [value, value],
  max: two,
  min: two,
  mod: two,
  mul: two,
  neg: one,
  nonZero: [value, dim],
  not: one,
  pad: [value, int, int, int],
  pick: [value, value],
  pow: two,
  put: [value, value, value],
  ragged: [value, dim],
  range: [value, dim, optional(must.options({ start: must.number, step: operand }))],
  reduceMax: [value, optional(must.options({ axes: ints, keep: must.yesOrNo }))],
  reduceMean: [value, optional(must.options({ axes: ints, keep: must.yesOrNo }))],
  reduceProd: [value, optional(must.options({ axes: ints, keep: must.yesOrNo }))],
  reduceSum: [value, optional(must.options({ axes: ints, keep: must.yesOrNo }))],
  relu: one,
  reshape: [value, shape],
  reshapeBy: [value, value, shape],
  reshapeLike: [value, value],
  scatter: [value, value, value],
  scatterRows: [value, value, value],
  shapeOf: one,
  sigmoid: one,
  sizeOfDim: [takes.graph, dim],
  slice: [value, must.text],
  softplus: one,
  sorted: [value, must.oneOf(['largest', 'smallest']), optional(int)],
  split: [value, shape, int],
  sqrt: one,
  squeeze: [value, ints],
  stackLoop: [value, dim, result, takes.function],
  strided: [value, int, operand, dim],
  sub: two,
  topK: [value, int, int],
  transpose: [value, ints],
  unsqueeze: [value, ints],
  vectorOf: [value, parts],
  where: [value, operand, operand],
}

type Operator = (...given: never[]) => unknown

/** A body of a loop, whose result is looked at too. */
function watched<T>(name: string, own: T): T {
  if (typeof own !== 'function') return own
  const body = (...given: unknown[]) => {
    const made: unknown = own(...given)
    expectTypes(`${name}, result of the body`, one, [made])
    return made
  }
  return body as T
}

const checked = (name: keyof typeof unchecked, operator: Operator) => {
  const call = (...given: never[]) => {
    expectTypes(name, argumentsOf[name], given)
    return inGraph(name, () => operator(...given.map((own) => watched(name, own))))
  }
  return [name, call]
}

/** Every operator, its arguments looked at first: what is no value ends in a GraphError that says so. */
export const ops = Object.freeze(
  Object.fromEntries(Object.entries(unchecked).map(([name, op]) => checked(name as keyof typeof unchecked, op))),
) as typeof unchecked
