import { Fault } from '../../io/index.js'
import type { Value } from './value.js'

/** `float32[B,13,13,3]`, as every message and listing writes a type. */
export const typeText = (v: Pick<Value, 'dtype' | 'shape'>): string => `${v.dtype}[${v.shape.join(',')}]`

/**
 * A mistake in building a graph: what is wrong, where (scope path), the operands with their types and producers, and
 * what to do about it. `code` is stable (`E_SHAPE`, `E_DTYPE`, `E_GRAPH`, `E_RANGE`, `E_NAME`, `E_OPSET`).
 */
export class GraphError extends Fault<`E_${string}`> {
  override readonly name = 'GraphError'

  constructor(
    code: `E_${string}`,
    readonly at: string,
    why: string,
    readonly operands: Readonly<Record<string, Value>> = {},
    readonly hint?: string,
  ) {
    const rows = Object.entries(operands).map(([role, v]) => `  ${role}: ${typeText(v)} from ${v.name}`)
    super('internal', code, { where: at, what: why, remedy: hint }, { lead: [`${at}: ${why}`, ...rows].join('\n') })
  }
}
