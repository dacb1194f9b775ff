/** Something that a target cannot run or differentiate. */
export interface Finding {
  /** Name of the node, or of the output. */
  readonly node: string
  readonly op: string
  readonly why: string
  /** What avoids it. */
  readonly remedy: string
}
