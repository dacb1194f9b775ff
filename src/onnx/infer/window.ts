import { intsOf, textOf } from '../graph/attribute.js'
import type { Node } from '../graph/model.js'

/** How a convolution or a pooling goes over its operand, along each axis of space. */
export interface Window {
  readonly kernel: readonly number[]
  readonly strides: readonly number[]
  readonly dilations: readonly number[]
  /** Entries of padding before each axis, then behind each, where `auto` does not say otherwise. */
  readonly pads: readonly number[]
  /** `NOTSET`, `VALID`, `SAME_UPPER` or `SAME_LOWER`. */
  readonly auto: string
}

/** The window of a node, what its attributes leave out as ONNX has it. */
export function windowOf(n: { readonly node: Node }, kernel: readonly number[]): Window {
  const ones = kernel.map(() => 1)
  return {
    kernel,
    strides: intsOf(n, 'strides') ?? ones,
    dilations: intsOf(n, 'dilations') ?? ones,
    pads: intsOf(n, 'pads') ?? kernel.flatMap(() => [0, 0]),
    auto: textOf(n, 'auto_pad', 'NOTSET'),
  }
}
