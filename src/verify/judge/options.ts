import type { Optimization, Provider, Runner } from '../../runtime/index.js'
import type { Asked } from '../cases/tolerance.js'
import type { PlacementRule } from './result.js'

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
   * only the graph, such as its gradients: fail (default), or skip it and say so.
   */
  readonly absent?: 'fail' | 'skip'
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
