import { version } from '../../io/index.js'
import type { Stamp } from '../../onnx/index.js'
import { spelledSpec } from '../../reference/semantics/records.js'
import type { LossConfig } from './config.js'
import { lossOptions } from './options.js'
import { isUsual, specOf } from './semantics.js'

/** Which definition of the loss the graph implements; changes when a number of any graph could. */
export const semantics = 'keras-yolo3@e6598d1'

/** The same of a configuration: another implementation's by its name and changes. */
export const semanticsIn = (config: LossConfig): string => (isUsual(config) ? semantics : spelledSpec(specOf(config)))

/** Metadata keys that are ours begin so. */
export const metadataPrefix = 'yolo_loss.'
/** Where our models keep their configuration, as JSON, and which definition of the loss they implement. */
export const configKey = `${metadataPrefix}config`
export const semanticsKey = `${metadataPrefix}semantics`

/** The library, as the models it makes name it. */
export const producer = { name: 'onnx-yolo-loss', version } as const

/** A configuration as metadata and cases have it: younger options only where they differ from their defaults. */
export const recorded = (config: LossConfig): Partial<LossConfig> =>
  Object.fromEntries(
    lossOptions.flatMap(({ key, quiet, default: usual }) =>
      config[key] === undefined || (quiet && config[key] === usual) ? [] : [[key, config[key]]],
    ),
  )

/** What a loss model says of itself: the full configuration, the library and the semantics. */
export const stampOf = (config: LossConfig): Stamp => ({
  name: 'yolo_v3_loss',
  producer,
  metadata: {
    [configKey]: JSON.stringify(recorded(config)),
    [semanticsKey]: semanticsIn(config),
    [`${metadataPrefix}version`]: version,
  },
})
