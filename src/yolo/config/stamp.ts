import { version } from '../../io/index.js'
import type { Stamp } from '../../onnx/index.js'
import type { LossConfig } from './config.js'

/** Which definition of the loss the graph implements; changes when a number of any graph could. */
export const semantics = 'keras-yolo3@e6598d1'

/** What a loss model says of itself: the full configuration, the library and the semantics. */
export const stampOf = (config: LossConfig): Stamp => ({
  name: 'yolo_v3_loss',
  producer: { name: 'onnx-yolo-loss', version },
  metadata: {
    'yolo_loss.config': JSON.stringify(config),
    'yolo_loss.semantics': semantics,
    'yolo_loss.version': version,
  },
})
