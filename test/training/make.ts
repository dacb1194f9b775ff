import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { encodeNpz } from '../../src/arrays/npz.js'
import { attachLoss } from '../../src/attach/attach.js'
import { config, dataSet } from './dataset.js'
import { detector } from './detector.js'

/**
 * Writes what the training run needs: `compact.onnx` and `static.onnx`, the detector with its loss in both forms that ORT
 * training takes, `data.npz` and `about.json`.
 *
 *     tsx make.ts FOLDER
 */
const [folder = ''] = process.argv.slice(2)
mkdirSync(folder, { recursive: true })

const { images, labels, floor } = await dataSet(5)
for (const form of ['compact', 'static'] as const) {
  const made = attachLoss(detector(), { ...config, form, for: 'ort-training', components: true }, { onlyLoss: true })
  writeFileSync(join(folder, `${form}.onnx`), made.bytes)
}
const arrays = [{ name: 'image', tensor: images }, ...labels.map((tensor, l) => ({ name: `y_true_${l}`, tensor }))]
writeFileSync(join(folder, 'data.npz'), await encodeNpz(arrays))
const { anchors, anchorMask, ignoreThreshold } = config
writeFileSync(join(folder, 'about.json'), JSON.stringify({ anchors, anchorMask, ignoreThreshold, floor }))
