import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { encodeNpz } from '../../../../src/io/arrays/npz.js'
import { config, dataSet } from '../../training/dataset.js'

/** Writes a configuration, `boxes.json`, and images with their labels, `batch.npz`: tsx make.ts FOLDER */
const [folder = ''] = process.argv.slice(2)
const { images, labels } = await dataSet(5)
const { anchors, anchorMask, classes, ignoreThreshold } = config
writeFileSync(join(folder, 'boxes.json'), JSON.stringify({ anchors, anchorMask, classes, ignoreThreshold }))
const named = labels.map((tensor, l) => ({ name: `y_true_${l}`, tensor }))
writeFileSync(join(folder, 'batch.npz'), await encodeNpz([{ name: 'image', tensor: images }, ...named]))
