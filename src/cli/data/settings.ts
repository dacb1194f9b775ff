import { createHash } from 'node:crypto'
import { basename } from 'node:path'
import type { OpenStep, Settings, Training } from '../../fit/index.js'
import type { Boxes } from './boxes.js'

/** The images by name, with their boxes, in a few characters. */
function fingerprint(data: Boxes): string {
  const hash = createHash('sha256')
  for (let image = 0; image < data.images; image++) hash.update(basename(data.pathOf(image))).update(data.rowsOf(image))
  return hash.digest('hex').slice(0, 16)
}

/** All that the numbers of a training depend on, to be held against those of a checkpoint. */
export function settingsOf({ steps, schedule, ...training }: Training, step: OpenStep, data: Boxes): Settings {
  const hash = createHash('sha256').update(step.bytes).digest('hex').slice(0, 16)
  const made = { step: hash, images: data.images, data: fingerprint(data) }
  // A rate that stays does not depend on where the training ends.
  return { ...made, ...training, schedule, ...(schedule !== 'constant' && { steps }) }
}
