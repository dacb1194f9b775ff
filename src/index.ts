export type {
  Attached,
  AttachOptions,
  Detached,
  NewHead,
  NewHeadsOptions,
  Renewed,
  TrainingPlan,
} from './attach/index.js'
export { attachLoss, detachLoss, encodeAsFunction, newHeads, replaceLoss, trainingPlan } from './attach/index.js'
export type { DetectorHead, HeadLayout } from './detector/index.js'
export type { ArchiveLimits, DType, Real, Tensor, TensorData } from './io/index.js'
export { decodeNamed as decodeNpz, decodeNpy, encodeNpy, encodeNpz, InputError, version } from './io/index.js'
export { type Finding, type LintReport, lintGraph } from './lint/index.js'
export { type Note, notesOf, noteText } from './notes/index.js'
export type {
  Attribute,
  Body,
  Dim,
  GraphOptions,
  Initializer,
  Model,
  Node,
  Shape,
  Value,
  ValueInfo,
} from './onnx/index.js'
export {
  CheckedGraph as Graph,
  encodeChecked as encodeModel,
  encodeTensor,
  GraphError,
  gradients,
  graphOfModel,
  ops,
  printModel,
} from './onnx/index.js'
export type { GradientOptions, OracleInput, OracleResult, ScaleGradient } from './reference/index.js'
export {
  type Identification,
  type IdentifyOptions,
  type ProbeOptions,
  profileNames as semanticsNames,
  type Semantics,
  type SemanticsDifference,
  type SemanticsInput,
} from './reference/semantics/index.js'
export type { EvaluateOptions, Limits, NamedSession as Session, SessionOptions } from './runtime/index.js'
export {
  evaluate,
  evaluateNamed as evaluateModel,
  openNamed as openSession,
  ProviderError,
  RuntimeMissingError,
} from './runtime/index.js'
export type {
  OptimizerName,
  Settings,
  StepOptions,
  TrainingLint,
  TrainingLintOptions,
  TrainingMemory,
  TrainingStep,
  Untrained,
  UpdateModel,
} from './train/index.js'
export {
  adam,
  type HeadTraining,
  headTraining,
  lintTraining,
  type Optimizer,
  sgd,
  trainingStep,
} from './train/index.js'
export {
  type AnySemantics,
  compareSemantics,
  identify,
  probe,
  referenceGradients,
  referenceLoss,
  renderReport,
  type SemanticLoss,
  semanticLoss,
  semanticsOf,
  toJson,
  type VerifyOptions,
  verifyCase,
} from './verify/index.js'
export type { Scene as LossScene } from './view/index.js'
export { lossPage } from './view/index.js'
export type {
  Anchor,
  AssignConfig,
  BoxFinding,
  DarknetConfig,
  LossConfig,
  MemoryEstimate,
  RunSize,
  TypedInput as ConfigInput,
} from './yolo/index.js'
export {
  assignTargets,
  ConfigError,
  estimateMemory,
  lintBoxes,
  lossModel,
  parseDarknet,
  presets,
  resolveTyped as resolveConfig,
} from './yolo/index.js'
