import { type AnyTensor, must } from '../../io/index.js'
import {
  type Feeds,
  type Optimization,
  optimizations,
  type Provider,
  providerNames,
  type Runner,
} from '../../runtime/index.js'
import type { LossConfig } from '../../yolo/index.js'
import type { Asked } from '../cases/tolerance.js'
import type { PlacementRule } from './result.js'

/** Outputs that those of the model are compared with, beside the reference. */
export interface Against {
  readonly label: string
  /** What the other side gives for the inputs of a data set. */
  readonly outputs: (name: string, feeds: Feeds, runner: Runner) => Promise<ReadonlyMap<string, AnyTensor>>
}

/** What a foreign model calls inputs and outputs of ours: its names, and ours. */
export interface ForeignNames {
  readonly inputs: ReadonlyMap<string, string>
  readonly outputs: ReadonlyMap<string, string>
}

export interface VerifyOptions {
  /** Default `cpu`; the run is refused rather than moved to another provider. */
  readonly provider?: Provider
  /** Default `all`. */
  readonly optimization?: Optimization
  /** Which GPU, for `cuda`; default 0. */
  readonly deviceId?: number
  /** A model to run in place of the case's `model.onnx`, and what to call it. */
  readonly model?: { readonly bytes: Uint8Array; readonly file: string }
  /**
   * What to do about an output that only the case has, such as the components where a graph gives only the loss, or
   * only the graph, where the reference has no value for it either: fail (default), or skip it, which makes the verdict
   * incomplete.
   */
  readonly absent?: 'fail' | 'skip'
  /** What the model computes; default: what it says itself, or else the case. */
  readonly config?: LossConfig
  /** Names of a foreign model. */
  readonly names?: ForeignNames
  /** Outputs that the configuration asks for; those that the model lacks are told. */
  readonly promised?: () => readonly string[]
  /** Default true: what the case has no value for is computed by the float64 reference. */
  readonly reference?: boolean
  /** Further outputs to compare with. */
  readonly against?: readonly Against[]
  /** Lets pass that an output was not compared. */
  readonly allowUncompared?: boolean
  /** Semantics that the case assumes, if a model of another is to be refused. */
  readonly semantics?: string
  /** Where the model runs; default in this process. */
  readonly runner?: Runner
  /** Proves where each node ran, and what is asked of that; default no proof. */
  readonly placement?: PlacementRule
  /** Tolerances that win over those of the case. */
  readonly asked?: Asked
  /** Lets outputs without elements pass. */
  readonly allowEmpty?: boolean
  /** Lets NaN stand for NaN. */
  readonly allowBothNan?: boolean
  /** Fails cells at the threshold that fall on its other side; default: they are listed and what they change allowed. */
  readonly strictThreshold?: boolean
}

const map = { what: 'a Map', fits: (x: unknown) => x instanceof Map }
const asked = must.list(must.options({ output: must.text }, { value: must.from(0) }))

/** What the options are. */
export const ofVerifying = must.options({
  provider: must.oneOf(providerNames),
  optimization: must.oneOf(optimizations),
  deviceId: must.whole(0),
  model: must.having({ bytes: must.bytes, file: must.text }),
  absent: must.oneOf(['fail', 'skip']),
  config: must.record,
  names: must.having({ inputs: map, outputs: map }),
  promised: must.callable,
  reference: must.yesOrNo,
  against: must.list(must.having({ label: must.text, outputs: must.callable })),
  allowUncompared: must.yesOrNo,
  semantics: must.text,
  runner: must.callable,
  placement: must.oneOf(['strict', 'listed']),
  asked: must.options({ rtol: asked, atol: asked }),
  allowEmpty: must.yesOrNo,
  allowBothNan: must.yesOrNo,
  strictThreshold: must.yesOrNo,
})
