import { intOf } from '../../graph/attribute.js'
import { tensorOf } from '../../graph/constants.js'
import type { Dim } from '../../graph/model.js'
import { frontOf } from '../../graph/shape.js'
import type { Value } from '../../graph/value.js'
import { transpose, unsqueeze } from '../../shape.js'
import { type Applied, cannot, operand, sizesOf, type V } from '../applied.js'
import { zerosLike } from '../axes.js'
import { type Part, type Rule, ruled } from '../rule.js'

type I = Value<'int64'>

const add = { reduction: { string: 'add' } } as const

function scatterSum(n: Applied, op: 'ScatterND' | 'ScatterElements', x: V, at: I, g: V, axis?: number): V {
  if (n.graph.opset < 16) return cannot(n, 'needs a sum over places, which ONNX has from opset 16 on')
  const how = axis === undefined ? add : { ...add, axis: { int: axis } }
  return n.graph.emit(op, [zerosLike(x), at, g], [x.dtype, x.shape], how)
}

/** Along an axis at indices of any rank: the axis is brought to the front, whose rows are then summed. */
function gathered(n: Applied, g: V): Part[] {
  const [x, indices] = [operand(n), n.x[1] as I]
  const axis = frontOf(intOf(n, 'axis', 0), x.shape.length)
  const rank = indices.shape.length
  const front = [...Array.from({ length: rank }, (_, i) => axis + i), ...rest(g.shape.length, axis, rank)]
  const rows = axis === 0 ? g : transpose(g, front)
  const perm = [axis, ...rest(x.shape.length, axis, 1)]
  const shape = perm.map((i) => x.shape[i] as Dim)
  const column = unsqueeze(indices, [rank])
  const none = zerosLike(axis === 0 ? x : transpose(x, perm))
  if (n.graph.opset < 16) return cannot(n, 'needs a sum over places, which ONNX has from opset 16 on')
  const summed = n.graph.emit('ScatterND', [none, column, rows], [x.dtype, shape], add)
  return [
    axis === 0
      ? summed
      : transpose(
          summed,
          perm.map((_, i) => perm.indexOf(i)),
        ),
  ]
}

const rest = (rank: number, from: number, count: number): number[] =>
  Array.from({ length: rank }, (_, i) => i).filter((i) => i < from || i >= from + count)

/** With a batch dimension the image stands before each index. */
function gatheredRows(n: Applied, g: V): Part[] {
  const [x, indices] = [operand(n), n.x[1] as I]
  const batch = intOf(n, 'batch_dims', 0)
  if (batch > 1) return cannot(n, `takes ${batch} batch dimensions`)
  return [scatterSum(n, 'ScatterND', x, batch === 0 ? indices : withImages(n, indices), g)]
}

function withImages(n: Applied, indices: I): I {
  const [B, ...others] = sizesOf(n, indices)
  const inner = others.slice(0, -1)
  const count = inner.reduce((a, d) => a * d, 1)
  const images = Array.from({ length: (B as number) * count }, (_, i) => Math.floor(i / count))
  const shape = [B as number, ...inner, 1]
  const column = n.graph.constant(tensorOf('int64', shape, images), 'images')
  const last = (others.at(-1) as number) + 1
  return n.graph.emit('Concat', [column, indices], ['int64', [B as number, ...inner, last]], {
    axis: { int: shape.length - 1 },
  })
}

/** Entries that were written over get nothing, what was written there gets theirs. */
const written =
  (op: 'ScatterND' | 'ScatterElements') =>
  (n: Applied, g: V): Part[] => {
    if (n.node.attributes.reduction && textOfReduction(n) !== 'none') return added(n, g, op)
    const [updates, at] = [operand(n, 2), n.x[1] as I]
    const axis = n.node.attributes.axis ? { axis: n.node.attributes.axis } : {}
    const kept = n.graph.emit(op, [g, at, zerosLike(updates)], [g.dtype, g.shape], axis)
    return [kept, undefined, readAt(n, op, g, at, updates)]
  }

function added(n: Applied, g: V, op: 'ScatterND' | 'ScatterElements'): Part[] {
  if (textOfReduction(n) !== 'add') return cannot(n, `with reduction ${textOfReduction(n)}`)
  return [g, undefined, readAt(n, op, g, n.x[1] as I, operand(n, 2))]
}

const textOfReduction = (n: Applied): string =>
  (n.node.attributes.reduction as { string?: string } | undefined)?.string ?? 'none'

const readAt = (n: Applied, op: string, g: V, at: I, like: V): V =>
  op === 'ScatterND'
    ? n.graph.emit('GatherND', [g, at], [g.dtype, like.shape])
    : n.graph.emit('GatherElements', [g, at], [g.dtype, like.shape], { axis: { int: intOf(n, 'axis', 0) } })

/** The places that it tells besides take the gradient back. */
function largest(n: Applied, g: V): Part[] {
  const axis = frontOf(intOf(n, 'axis', -1), g.shape.length)
  return [scatterSum(n, 'ScatterElements', operand(n), n.y[1] as I, g, axis)]
}

/** Operators that take entries from places, or put them there. */
export const selectRules: Readonly<Record<string, Rule>> = {
  Gather: ruled('Σ g at the indices', gathered, [0]),
  GatherND: ruled('Σ g at the indices', gatheredRows, [0]),
  GatherElements: ruled(
    'Σ g at the indices',
    (n, g) => [scatterSum(n, 'ScatterElements', operand(n), n.x[1] as I, g, intOf(n, 'axis', 0))],
    [0],
  ),
  ScatterND: ruled('g, 0 where written; g of the places written', written('ScatterND'), [0, 2]),
  ScatterElements: ruled('g, 0 where written; g of the places written', written('ScatterElements'), [0, 2]),
  TopK: ruled('g at the places', largest, [0]),
}
