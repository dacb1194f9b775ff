import type { DType } from '../../io/index.js'
import { GraphError } from '../graph/errors.js'
import type { Dim } from '../graph/model.js'
import { atom } from '../graph/shape.js'
import type { Value } from '../graph/value.js'
import { squeeze } from './movement.js'
import { farEnd } from './operand.js'

interface Range {
  readonly axis: number
  readonly start: number
  readonly end: number
  readonly step: number
  readonly size: Dim
  readonly drop: boolean
}

/**
 * A part of `x`, written as in NumPy: `'..., 4'` one channel without its axis, `'..., 0:2'` two, `':, 1:3'`,
 * `'..., ::-1'` in reverse. Ends beyond the axis are clamped.
 * @throws GraphError E_RANGE when the text is no index of this shape.
 * Signature: `ai.onnx@11::Slice`, `ai.onnx@13::Slice`
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
  const match = /^(-?\d+)?(?::(-?\d+)?(?::(-?\d+)?)?)?$/.exec(text)
  if (!match || text === '') throw refuse(x, index, `'${text}' has no meaning`)
  const [a, b, c] = match.slice(1).map((t) => (t === undefined ? undefined : Number(t)))
  if (!text.includes(':')) return single(x, index, a as number, axis)
  const step = c ?? 1
  if (step !== 1 && step !== -1) throw refuse(x, index, 'only the steps 1 and -1 are supported')
  if (step === -1 && (a !== undefined || b !== undefined)) throw refuse(x, index, 'a reversed range takes no ends')
  const size = step === -1 ? (x.shape[axis] as Dim) : span(x.shape[axis] as Dim, a ?? 0, b)
  if (size === undefined) throw refuse(x, index, `axis ${axis} of unknown size is counted from both ends`)
  if (typeof size === 'number' && size < 0) throw refuse(x, index, `the range of axis ${axis} ends before it starts`)
  return { axis, ...ends(x.shape[axis] as Dim, step, a, b), step, size, drop: false }
}

/**
 * First entry and the end behind the last: of a known size those themselves, because some runtimes count in 32 bits, and
 * some not from the end.
 */
function ends(size: Dim, step: number, a = 0, b = farEnd): { readonly start: number; readonly end: number } {
  if (typeof size !== 'number') return step === -1 ? { start: -1, end: -farEnd } : { start: a, end: b }
  if (step === -1) return { start: size - 1, end: -size - 1 }
  const within = (n: number) => Math.min(Math.max(n < 0 ? n + size : n, 0), size)
  return { start: within(a), end: within(b) }
}

function single(x: Value, index: string, at: number, axis: number): Range {
  const size = x.shape[axis]
  if (typeof size === 'number' && (at >= size || at < -size)) throw refuse(x, index, `axis ${axis} has size ${size}`)
  const start = typeof size === 'number' && at < 0 ? at + size : at
  return { axis, start, end: start === -1 ? farEnd : start + 1, step: 1, size: 1, drop: true }
}

/**
 * Size of `start:end` on an axis. On one of unknown size n it is a symbol, `n-2` (0 when negative) or `min(n,2)`, since
 * the range may reach beyond the axis; undefined when even that does not tell it.
 */
function span(size: Dim, start: number, end: number | undefined): Dim | undefined {
  if (typeof size === 'number') {
    const clamp = (n: number) => Math.min(Math.max(n < 0 ? n + size : n, 0), size)
    return clamp(end ?? size) - clamp(start)
  }
  const upTo = (n: number) => atom(`min(${size},${n})`)
  if (end === undefined && start < 0) return upTo(-start)
  if (end === undefined || (start >= 0 && end < 0)) return less(size, start - (end ?? 0))
  if (start < 0 && end >= 0) return undefined
  const [near, far] = start < 0 ? [-end, -start] : [start, end]
  if (near >= far) return far - near
  return near === 0 ? upTo(far) : `(${upTo(far)}-${upTo(near)})`
}

const less = (size: string, cut: number): Dim => (cut === 0 ? size : atom(`(${size}-${cut})`))

const notation = 'write an axis as 4, 0:2, 1:, ::-1 or :, and any number of whole axes as ...'

const refuse = (x: Value, index: string, why: string): GraphError =>
  new GraphError('E_RANGE', x.graph.at('Slice'), `index '${index}': ${why}`, { x }, notation)
