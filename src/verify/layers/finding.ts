import type { GraphNode } from '../../onnx/index.js'
import type { Feeds } from '../../runtime/index.js'
import type { CaseConfig } from '../cases/caseconfig.js'
import type { LayerTolerance } from './diverge.js'
import type { Divergence, LayerReport } from './locate.js'
import type { Side, Trace } from './trace.js'

/** Two sides, what both are run on, and when their values agree. */
export interface Search {
  readonly ours: Side
  readonly theirs: Side
  readonly feeds: Feeds
  readonly tolerance: LayerTolerance
  readonly config: CaseConfig | undefined
}

/** What the search came to, with all that there is to say of it. */
export interface Found {
  readonly kind: 'node' | 'constant' | 'among' | 'doubtful' | 'rounding' | 'none'
  readonly report: LayerReport
  readonly first?: Divergence
  /** Whether it differs by no more than rounding might. */
  readonly small?: true
  /** Constants of the graph that are not ours. */
  readonly constants: readonly string[]
  /** Nodes before the first whose values only their graph has. */
  readonly among: readonly GraphNode[]
  /** Outputs that still differ with our values in place of those that part; undefined where that was not tried. */
  readonly unmended?: readonly string[] | undefined
  readonly left: Trace
  readonly right: Trace
}

/**
 * What a failure comes from, as far as can be told: a node; a constant that it reads; one of a few nodes whose values
 * only one graph has; a node of which it is doubtful, for replacing its values mends nothing; rounding; nothing that the
 * graph does; or no more than an output, where values have other names.
 */
export type CauseKind = Found['kind'] | 'outputs' | 'skipped'

/** A finding in words and as data. */
export interface Finding {
  readonly kind: CauseKind
  /** The first line says the most. */
  readonly lines: readonly string[]
  /** Where the graphs part. */
  readonly first?: Divergence
  readonly constants?: readonly string[]
  readonly among?: readonly string[]
}

/** A finding on a case. */
export interface Cause extends Finding {
  readonly case: string
  readonly provider: string
}
