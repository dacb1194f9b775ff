import type { LintNode } from './graph.js'

/** Something that a target cannot run or differentiate. */
export interface Finding {
  /** Name of the node, or of the output. */
  readonly node: string
  readonly op: string
  readonly why: string
  /** What avoids it. */
  readonly remedy: string
}

export const finding = ({ name, op }: Pick<LintNode, 'name' | 'op'>, why: string, remedy: string): Finding => ({
  node: name,
  op,
  why,
  remedy,
})
