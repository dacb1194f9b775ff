/**
 * Whether a graph computes the right numbers: cases, comparison, the judgement, and its report.
 * Where it does not, `layers` looks for the first node that is to blame.
 */
export { configKey } from '../yolo/index.js'
export type { Answer } from './answers/answer.js'
export { Answers } from './answers/answers.js'
export { fromLabelOrder, headShape, sizesOf, toLabelOrder } from './answers/layout.js'
export { type CaseConfig, caseConfig } from './cases/caseconfig.js'
export { batchesOf, type Data, type DataOptions, type MadeInput, readData } from './cases/data.js'
export { generatedCases } from './cases/generate/generate.js'
export { lossConfigOf, modelConfig, takesInputs } from './cases/match.js'
export { type PixelBox, scene } from './cases/scene/scene.js'
export { findCases, readCase, type TestCase } from './cases/testcase.js'
export { type Asked, type AskedTolerance, lastAsked, usual } from './cases/tolerance.js'
export { writeCase } from './cases/writecase.js'
export { groupBy } from './compare/group.js'
export { elementAt, type Scalar } from './compare/scalar.js'
export { checkJson } from './conform/json.js'
export { type Checked, type CheckRun, checkCases } from './conform/run.js'
export { renderCheck } from './conform/text.js'
export { type Beside, type BesideScale, besideReference } from './judge/beside.js'
export type { ForeignNames, VerifyOptions } from './judge/options.js'
export type { CaseReport } from './judge/result.js'
export { verifyCase } from './judge/verify.js'
export type { LayerTolerance } from './layers/diverge.js'
export { isFault, type LayerReport, locate, locateFirst } from './layers/locate.js'
export { writeRepro } from './layers/repro.js'
export { renderLayers } from './layers/text.js'
export { recordedTrace, type Side, type Trace } from './layers/trace.js'
export { referenceGradients, referenceLoss } from './oracle.js'
export { type DrawnCase, type Pictures, toHtml } from './report/html/page.js'
export { portableJson, toJson } from './report/json.js'
export { toJunit } from './report/junit.js'
export { renderReport } from './report/text.js'
export { causeOf, type FoundCause } from './run/cause.js'
export { jobOf } from './run/failed.js'
export { besideFailed, type FailedLoss, failedLosses } from './run/failures.js'
export type { GraphFlags, Job, JobFlags } from './run/job.js'
export { jobsOf } from './run/jobs.js'
export { keepCases } from './run/keep.js'
export { type CaseLayers, layerwise } from './run/layerwise.js'
export type { Progress } from './run/progress.js'
export { type Ran, type RunSettings, runJobs } from './run/runjobs.js'
export { settingHere } from './run/setting.js'
export { whyNoResult } from './semantics/given.js'
export {
  type AnySemantics,
  compareSemantics,
  identify,
  probe,
  type SemanticLoss,
  semanticLoss,
  semanticsOf,
} from './semantics/semantics.js'
