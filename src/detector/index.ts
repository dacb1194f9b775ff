/**
 * Reads a detector of anybody's: its structure, its external data, and which of its values are YOLO heads.
 * It changes nothing.
 */
export { intsOf, textOf } from './attributes.js'
export { called, graphField, modelField, refuse } from './common.js'
export type { ExternalData } from './external.js'
export { channelSizes, type DetectorHead, type HeadOptions } from './head.js'
export { findHeads } from './heads.js'
export { axesOf, type ChannelSizes, dimAlong, gridIn, type HeadLayout, headLayouts, isFlat, toNhwc } from './layouts.js'
export { type Detector, openDetector } from './open.js'
export { type ParameterKind, parametersOf } from './parameters.js'
export { onDisk, openSource } from './source.js'
export { constantNumbers } from './spatial.js'
export { namesIn, traceBack } from './trace.js'
