import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { encodeNpz } from '../../../src/io/arrays/npz.js'
import { trainingStep } from '../../../src/train/step/step.js'
import { resolveConfig } from '../../../src/yolo/config/resolve.js'
import { tinyConfig, tinyDetector } from '../../attach/detector.js'
import { labelsOf, noise } from '../../attach/given.js'

/** Writes a step of the tiny detector, what it begins with, and a batch: tsx batch.ts FOLDER */
const folder = process.argv[2] as string
const config = resolveConfig({ ...tinyConfig, batch: 2 })
const step = trainingStep(tinyDetector({ opset: 17, irVersion: 8 }), config, { optimizer: 'sgd' })
const packed = (arrays: object) => encodeNpz(Object.entries(arrays).map(([name, tensor]) => ({ name, tensor })))
writeFileSync(join(folder, 'step.onnx'), step.bytes)
writeFileSync(join(folder, 'step.npz'), await packed(step.initial()))
writeFileSync(join(folder, 'batch.npz'), await packed({ image: noise({}), ...labelsOf(config, {}) }))
