import { sizeOf } from '../../io/index.js'
import type { Node } from '../graph/model.js'

/** What is known of a value before a model runs: its type, its sizes, and its numbers where they are few. */
export interface Known {
  /** Element type by ONNX's name in lower case. */
  readonly dtype: string
  readonly shape: readonly number[]
  /** Numbers in row-major order, of what shapes are computed with. */
  readonly values?: readonly number[]
}

/** A node with what is known of its operands. */
export interface Asked {
  readonly node: Node
  readonly opset: number
  /** By place; undefined for an operand that is left out. */
  readonly x: readonly (Known | undefined)[]
}

/** The results of a node by place. */
export type Inference = (n: Asked) => readonly Known[]

/** A node whose sizes cannot be told. */
export class UnknownSize extends Error {
  override readonly name = 'UnknownSize'
}

export const cannotTell = ({ node }: Asked, why: string): never => {
  throw new UnknownSize(`${node.op} ${why}`)
}

/** An operand that must be there. */
export const given = (n: Asked, place = 0): Known => n.x[place] ?? cannotTell(n, `has no operand ${place}`)

/** Numbers of an operand that sizes depend on. */
export const numbersOf = (n: Asked, place: number): readonly number[] =>
  given(n, place).values ?? cannotTell(n, `depends on the numbers of operand ${place}, which are not known`)

/** More numbers are no sizes. */
export const mostNumbers = 1024

const placeIn = (index: readonly number[], shape: readonly number[]): number =>
  index.reduce((at, i, axis) => at * (shape[axis] as number) + i, 0)

function indexOf(at: number, shape: readonly number[]): number[] {
  const index = [...shape]
  for (let axis = shape.length - 1, rest = at; axis >= 0; axis--) {
    const size = shape[axis] as number
    index[axis] = rest % size
    rest = Math.floor(rest / size)
  }
  return index
}

/** A value whose numbers are those of another elsewhere. @param from the index in it of an index of the result */
export function moved(
  { dtype, shape, values }: Known,
  to: readonly number[],
  from: (index: readonly number[]) => readonly number[],
): Known {
  if (!values || sizeOf(to) > mostNumbers) return { dtype, shape: to }
  const numbers = Array.from({ length: sizeOf(to) }, (_, at) => values[placeIn(from(indexOf(at, to)), shape)] as number)
  return { dtype, shape: to, values: numbers }
}
