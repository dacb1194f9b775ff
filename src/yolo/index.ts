/**
 * The YOLO v3 loss as a graph: its configuration, its labels, its formulas, and the forms in which it is computed.
 * It runs nothing.
 */

export { anchorsOf, ConfigError, type ConfigInput, type LossConfig } from './config/config.js'
export { type DarknetConfig, parseDarknet } from './config/darknet.js'
export { formNames, formOf, formsThat } from './config/forms.js'
export { pairsIn, parseAnchorList, parseClassList } from './config/lists.js'
export { boxesName, inputNames, ofScale, type ScaleName, scaleNameOf } from './config/names.js'
export { defaultMaxBoxes, type LossOption, lossOptions, options, outputKeys } from './config/options.js'
export { presets } from './config/presets.js'
export { resolveConfig } from './config/resolve.js'
export { configKey, metadataPrefix, producer, recorded, semantics, semanticsKey } from './config/stamp.js'
export * from './config/vocabulary.js'
export { reordered } from './heads/layout.js'
export { type Parameter, parameters } from './heads/parameters.js'
export type { Annotations, BoxRow } from './labels/annotations.js'
export { type AssignConfig, assignTargets, BoxError, whyNotLearnt } from './labels/assign.js'
export { type BoxFinding, lintBoxes } from './labels/boxlint.js'
export { CocoAnnotations, cocoLists } from './labels/coco.js'
export { fractionBoxes } from './labels/fractions.js'
export { type Fit, fitBoxes, type Placed, placedIn } from './labels/letterbox.js'
export { LineAnnotations } from './labels/lines.js'
export { type ListedImage, Listing } from './labels/listing.js'
export { type CellPlace, findOddities, type Oddity, spellPlace } from './labels/oddities.js'
export { classesOf, vocImage } from './labels/voc.js'
export { lossModel, openLossModel } from './loss.js'
export { estimateMemory, type MemoryEstimate, type RunSize } from './memory.js'
