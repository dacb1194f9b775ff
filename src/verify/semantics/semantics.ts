import { expectArguments, must } from '../../io/index.js'
import {
  amountNames,
  compareSemantics as compare,
  Evaluator,
  type Identification,
  type IdentifyOptions,
  identify as identifyBy,
  type Outcome,
  type ProbeOptions,
  probe as probeFor,
  type Semantics,
  type SemanticsDifference,
  type SemanticsInput,
} from '../../reference/semantics/index.js'
import { asked, expectBatch, type Numbers, observedIn, semanticsFrom } from './given.js'

/** A loss: `gluon-cv`, `gluon-cv,size=squared,whWeight=0.5`, or all its settings, as `semanticsOf` gives them. */
export type AnySemantics = string | Semantics

/**
 * All settings of a loss that is named, `gluon-cv`, or `gluon-cv,size=squared,balance=4/1/0.4` with some of its own.
 * @throws ConfigError for names and values that are not known, listing those that are
 */
export const semanticsOf = (spec: string): Semantics => ({ ...semanticsFrom(spec) })

/** What a loss is of a batch. */
export interface SemanticLoss extends Outcome {
  /** By the logits, `[B,h,w,A·(5+C)]` of each scale. */
  readonly gradients: readonly Float64Array[]
}

/**
 * The YOLO v3 loss of another implementation in float64, its terms, masks and gradients.
 * @param input the configuration, per scale logits `[B,h,w,A·(5+C)]`, coarsest first, and boxes `[B,M,5]` (`[B,M,6]` with
 *   an objectness) in pixels of the network input, or labels `[B,h,w,A,5+C]` of each scale
 * @throws ConfigError for a semantics that is not known; InputError for shapes that contradict the configuration
 */
export function semanticLoss(input: SemanticsInput, semantics: AnySemantics): SemanticLoss {
  expectBatch('semanticLoss', input)
  const own = semanticsFrom(semantics)
  return asked('semanticLoss', () => {
    const evaluator = new Evaluator(input)
    return { ...evaluator.outcome(own), gradients: evaluator.gradients(own) }
  })
}

/**
 * What a choice of semantics changes on a batch: the loss, its terms, and how many cells and anchors.
 * @throws ConfigError, InputError as `semanticLoss`
 */
export function compareSemantics(input: SemanticsInput, a: AnySemantics, b: AnySemantics): SemanticsDifference {
  expectBatch('compareSemantics', input)
  const [ours, theirs] = [semanticsFrom(a, 'a'), semanticsFrom(b, 'b')]
  return asked('compareSemantics', () => compare(input, ours, theirs))
}

const ofIdentify = must.options({ tolerance: must.from(0, 1), free: must.list(must.oneOf(amountNames)) })

/**
 * Which loss an implementation computes, by what it returned of a batch.
 * @param results `loss`, terms as `conf_0`, `grad_y_pred_0`, `ignore_mask_0` and others that `yolo-loss identify --help` names
 * @returns all losses within the tolerance; `certain` if there is one, and the next a hundred times as far
 * @throws InputError for results that are not known, or have a shape that they cannot have; ConfigError
 */
export function identify(
  input: SemanticsInput,
  results: Readonly<Record<string, Numbers>>,
  options: IdentifyOptions = {},
): Identification {
  expectBatch('identify', input)
  const observed = observedIn('identify', results, input)
  expectArguments('identify', { options: ofIdentify }, { options })
  return asked('identify', () => identifyBy(new Evaluator(input), observed, options))
}

const ofProbe = must.options({
  classes: must.whole(1),
  labels: must.oneOf(['boxes', 'dense']),
  plain: must.yesOrNo,
  whole: must.yesOrNo,
})

/** A batch of 3 images of 128×128 pixels on which the losses of all implementations differ. @throws InputError */
export function probe(options: ProbeOptions = {}): SemanticsInput {
  expectArguments('probe', { options: ofProbe }, { options })
  return probeFor(options)
}
