export {
  type Attached,
  type AttachOptions,
  attachLoss,
  type Detached,
  detachLoss,
  encodeAsFunction,
  replaceLoss,
  type TrainingPlan,
  trainingPlan,
} from './attach/index.js'
export type { DetectorHead, HeadLayout } from './detector/index.js'
export {
  type ArchiveLimits,
  type DType,
  decodeNpy,
  decodeNpz,
  encodeNpy,
  encodeNpz,
  InputError,
  type Real,
  type Tensor,
  type TensorData,
  version,
} from './io/index.js'
export { type Finding, type LintReport, lintGraph } from './lint/index.js'
export {
  type Attribute,
  type Body,
  type Dim,
  encodeModel,
  encodeTensor,
  Graph,
  GraphError,
  type GraphOptions,
  type Initializer,
  type Model,
  type Node,
  ops,
  printModel,
  type Shape,
  type Value,
  type ValueInfo,
} from './onnx/index.js'
export {
  type GradientOptions,
  type OracleInput,
  type OracleResult,
  type ScaleGradient,
  yoloLoss as referenceLoss,
  yoloLossGradients as referenceGradients,
} from './reference/index.js'
export {
  evaluate,
  evaluateModel,
  openSession,
  ProviderError,
  RuntimeMissingError,
  type Session,
  type SessionOptions,
} from './runtime/index.js'
export { adam, type HeadTraining, headTraining, type Optimizer, sgd } from './train/index.js'
export { renderReport, toJson, type VerifyOptions, verifyCase } from './verify/index.js'
export {
  type Anchor,
  type AssignConfig,
  assignTargets,
  type BoxFinding,
  ConfigError,
  type ConfigInput,
  type DarknetConfig,
  estimateMemory,
  type LossConfig,
  lintBoxes,
  lossModel,
  type MemoryEstimate,
  parseDarknet,
  presets,
  type RunSize,
  resolveConfig,
} from './yolo/index.js'
