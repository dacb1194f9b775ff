import { type Check, isDType, must, whyUnfit } from '../../io/index.js'
import { GraphError } from '../graph/errors.js'
import { Graph } from '../graph/graph.js'

const isObject = (x: unknown): x is Readonly<Record<string, unknown>> => typeof x === 'object' && x !== null

const isValue = (x: unknown): boolean =>
  isObject(x) && x.graph instanceof Graph && typeof x.name === 'string' && Array.isArray(x.shape)

const value: Check = { what: 'a value of a graph', fits: isValue }
const dim: Check = must.either(must.whole(0), {
  what: 'the name of a size',
  fits: (x) => typeof x === 'string' && x !== '',
})
const shape = must.list(dim)
const dtype: Check = { what: 'an element type such as float32', fits: (x) => typeof x === 'string' && isDType(x) }
const isResult = (x: unknown): boolean => Array.isArray(x) && dtype.fits(x[0]) && shape.fits(x[1])

/** What operators, and the methods of a graph, take. */
export const takes = {
  value,
  dim,
  name: { what: 'a name', fits: (x: unknown) => typeof x === 'string' && x !== '' },
  shape,
  dtype,
  /** A value, or a number in its element type. */
  operand: must.either(value, { what: 'a number', fits: (x) => typeof x === 'number' }),
  values: must.list(value),
  /** At least one. */
  some: {
    what: 'a list of values, at least one',
    fits: (x: unknown) => Array.isArray(x) && x.length > 0 && x.every(isValue),
  },
  int: { what: 'a whole number', fits: Number.isSafeInteger },
  ints: must.list({ what: 'a whole number', fits: Number.isSafeInteger }),
  result: { what: 'a pair of element type and shape', fits: isResult },
  results: must.list({ what: 'a pair of element type and shape', fits: isResult }),
  function: { what: 'a function', fits: (x: unknown) => typeof x === 'function' },
  graph: { what: 'a graph', fits: (x: unknown) => x instanceof Graph },
} as const satisfies Readonly<Record<string, Check>>

/**
 * Looks at arguments, one after another.
 * @throws GraphError E_TYPE naming the place, what it must be, and what it is
 */
export function expectTypes(where: string, checks: readonly Check[], given: readonly unknown[]): void {
  for (const [i, check] of checks.entries()) {
    const unfit = whyUnfit(check, given[i])
    if (unfit) throw new GraphError('E_TYPE', where, `argument ${i + 1}${unfit.at} ${unfit.why}`)
  }
}

/** @throws GraphError E_TYPE for what is no value of a graph */
export const expectValue = (where: string, x: unknown): void => expectTypes(where, [value], [x])

/** What is made of numbers knows no errors but those of its language. @throws GraphError E_RANGE in their place */
export function inGraph<T>(where: string, make: () => T): T {
  try {
    return make()
  } catch (error) {
    if (error instanceof RangeError) throw new GraphError('E_RANGE', where, error.message)
    throw error
  }
}
