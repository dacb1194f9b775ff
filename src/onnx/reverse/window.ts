import { tensorOf } from '../graph/constants.js'
import type { Dim } from '../graph/model.js'
import { reshape, unsqueeze } from '../shape.js'
import type { V } from './applied.js'

/** Zeros before and after the entries of an axis; a negative count takes entries away. */
export interface Frame {
  readonly axis: number
  readonly before: number
  readonly after: number
}

/** Every `step`-th entry of an axis from `start` on, `count` of them. */
export interface Step {
  readonly axis: number
  readonly start: number
  readonly step: number
  readonly count: number
}

const farEnd = 2 ** 31 - 1

/** Every step-th entry along some axes. */
export function stepped(x: V, steps: readonly Step[]): V {
  const { graph } = x
  const end = ({ start, step, count }: Step) => (step < 0 ? -farEnd : start + (count - 1) * step + 1)
  const ints = (of: (s: Step) => number) => graph.ints(steps.map(of))
  const inputs = [x, ints((s) => s.start), ints(end), ints((s) => s.axis), ints((s) => s.step)]
  const shape = steps.reduce<readonly Dim[]>((all, s) => all.with(s.axis, s.count), x.shape)
  return graph.emit('Slice', inputs, [x.dtype, shape])
}

/** A value within a frame of one number; where counts are negative its own edge is taken away first. */
export function framed(x: V, frames: readonly Frame[], value = 0): V {
  const cut = frames.filter(({ before, after }) => before < 0 || after < 0)
  const inner =
    cut.length === 0
      ? x
      : stepped(
          x,
          cut.map((f) => inside(x, f)),
        )
  const wide = frames.filter(({ before, after }) => before > 0 || after > 0)
  return wide.length === 0 ? inner : paddedBy(inner, wide, value)
}

const inside = (x: V, { axis, before, after }: Frame): Step => {
  const size = x.shape[axis] as number
  const [near, far] = [Math.max(0, -before), Math.max(0, -after)]
  return { axis, start: near, step: 1, count: size - near - far }
}

function paddedBy(x: V, frames: readonly Frame[], value: number): V {
  const { graph, dtype } = x
  const at = (side: 'before' | 'after') =>
    x.shape.map((_, axis) => Math.max(0, frames.find((f) => f.axis === axis)?.[side] ?? 0))
  const [before, after] = [at('before'), at('after')]
  const shape = x.shape.map((d, i) => {
    const more = (before[i] as number) + (after[i] as number)
    return more === 0 ? d : (d as number) + more
  })
  const inputs = [x, graph.ints([...before, ...after])]
  const filled = value === 0 ? inputs : [...inputs, graph.constant(tensorOf(dtype as 'float32', [], [value]))]
  return graph.emit('Pad', filled, [dtype, shape])
}

/** step − 1 zeros between the entries of an axis: n becomes (n − 1)·step + 1. */
export function inserted(x: V, axis: number, step: number): V {
  if (step === 1) return x
  const size = x.shape[axis] as number
  const apart = framed(unsqueeze(x, [axis + 1]), [{ axis: axis + 1, before: 0, after: step - 1 }])
  const rows = reshape(apart, x.shape.with(axis, size * step))
  return framed(rows, [{ axis, before: 0, after: 1 - step }])
}
