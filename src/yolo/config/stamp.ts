import { version } from '../../io/index.js'
import type { Stamp } from '../../onnx/index.js'
import type { LossConfig } from './config.js'

/** Which definition of the loss the graph implements; changes when a number of any graph could. */
export const semantics = 'keras-yolo3@e6598d1'

/** Metadata keys that are ours begin so. */
export const metadataPrefix = 'yolo_loss.'
/** Where our models keep their configuration, as JSON, and which definition of the loss they implement. */
export const configKey = `${metadataPrefix}config`
export const semanticsKey = `${metadataPrefix}semantics`

/** The library, as the models it makes name it. */
export const producer = { name: 'onnx-yolo-loss', version } as const

/** What a loss model says of itself: the full configuration, the library and the semantics. */
export const stampOf = (config: LossConfig): Stamp => ({
  name: 'yolo_v3_loss',
  producer,
  metadata: {
    [configKey]: JSON.stringify(config),
    [semanticsKey]: semantics,
    [`${metadataPrefix}version`]: version,
  },
})
