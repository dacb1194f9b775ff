import { GraphError } from '../graph/errors.js'
import type { Dim } from '../graph/model.js'
import { sum } from '../graph/shape.js'
import type { DType } from '../graph/tensor.js'
import type { Value } from '../graph/value.js'
import { squeeze } from './movement.js'

interface Range {
  readonly axis: number
  readonly start: number
  readonly end: number
  readonly step: number
  readonly size: Dim
  readonly drop: boolean
}

// Slice clamps its ends, so these stand for "to the very end" in either direction.
const farEnd = Number.MAX_SAFE_INTEGER

/**
 * A part of `x`, written as in NumPy: `'..., 4'` one channel without its axis, `'..., 0:2'` two, `':, 1:3'`,
 * `'..., ::-1'` in reverse. Signature: `ai.onnx@13::Slice`
 * @throws GraphError E_RANGE when the text is no index of this shape.
 */
export function slice<D extends DType>(x: Value<D>, index: string): Value<D> {
  const ranges = axesOf(x, index).flatMap((text, axis) => (text === ':' ? [] : [parse(x, index, text, axis)]))
  if (ranges.length === 0) return x
  const ints = (key: 'start' | 'end' | 'axis' | 'step') => x.graph.ints(ranges.map((r) => r[key]))
  const shape = ranges.reduce((s, r) => s.with(r.axis, r.size), x.shape)
  const inputs = [x, ints('start'), ints('end'), ints('axis'), ints('step')]
  const part = x.graph.emit('Slice', inputs, [x.dtype, shape])
  const dropped = ranges.filter((r) => r.drop).map((r) => r.axis)
  return dropped.length > 0 ? squeeze(part, dropped) : part
}

function axesOf(x: Value, index: string): string[] {
  const parts = index.split(',').map((p) => p.trim())
  const gap = x.shape.length - parts.filter((p) => p !== '...').length
  const ellipses = parts.filter((p) => p === '...').length
  if (gap < 0 || ellipses > 1) throw refuse(x, index, `does not fit rank ${x.shape.length}`)
  const all: string[] = Array(gap).fill(':')
  return ellipses === 0 ? [...parts, ...all] : parts.flatMap((p) => (p === '...' ? all : [p]))
}

function parse(x: Value, index: string, text: string, axis: number): Range {
  const match = /^(-?\d+)?(?::(-?\d+)?(?::(-?\d+))?)?$/.exec(text)
  if (!match || text === '') throw refuse(x, index, `has no meaning at '${text}'`)
  const [a, b, c] = match.slice(1).map((t) => (t === undefined ? undefined : Number(t)))
  if (!text.includes(':')) return single(x, index, a as number, axis)
  const step = c ?? 1
  if (step !== 1 && step !== -1) throw refuse(x, index, 'only the steps 1 and -1 are supported')
  if (step === -1 && (a !== undefined || b !== undefined)) throw refuse(x, index, 'a reversed range takes no ends')
  const size = step === -1 ? (x.shape[axis] as Dim) : span(x.shape[axis] as Dim, a ?? 0, b)
  if (typeof size === 'number' && size < 0) throw refuse(x, index, `axis ${axis} ends before it starts`)
  return step === -1
    ? { axis, start: -1, end: -farEnd, step, size, drop: false }
    : { axis, start: a ?? 0, end: b ?? farEnd, step, size, drop: false }
}

function single(x: Value, index: string, at: number, axis: number): Range {
  const size = x.shape[axis]
  if (typeof size === 'number' && (at >= size || at < -size)) throw refuse(x, index, `axis ${axis} has size ${size}`)
  return { axis, start: at, end: at === -1 ? farEnd : at + 1, step: 1, size: 1, drop: true }
}

/** Size of `start:end` on an axis; on a symbolic axis only ends counted from the same side have one. */
function span(size: Dim, start: number, end: number | undefined): Dim {
  if (typeof size === 'number') {
    const clamp = (n: number) => Math.min(Math.max(n < 0 ? n + size : n, 0), size)
    return clamp(end ?? size) - clamp(start)
  }
  if (end !== undefined && start < 0 === end < 0) return end - start
  if (end === undefined && start < 0) return -start
  if (end === undefined && start === 0) return size
  return sum([size, `(${-start}${end === undefined ? '' : `${end}`})`])
}

const refuse = (x: Value, index: string, why: string): GraphError =>
  new GraphError('E_RANGE', x.graph.at('Slice'), `the index '${index}' ${why}`, { x })
