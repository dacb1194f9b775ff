import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { attachLoss } from '../../../src/attach/attach.js'
import { encodeNpz } from '../../../src/io/arrays/npz.js'
import { lintGraph } from '../../../src/lint/lint.js'
import { encodeModel } from '../../../src/onnx/proto/encode.js'
import type { ConfigInput } from '../../../src/yolo/config/config.js'
import { resolveConfig } from '../../../src/yolo/config/resolve.js'
import { lossModel } from '../../../src/yolo/loss.js'
import { tinyConfig, tinyDetector } from '../../attach/detector.js'
import { config, dataSet } from './dataset.js'
import { detector } from './detector.js'
import { wide } from './wide.js'

/**
 * Writes what the training run needs: `compact.onnx` and `static.onnx`, the detector with its loss in both forms that ORT
 * training takes, and the same from boxes, `data.npz` and `about.json`; `detector.onnx` and `boxes.json` for the program that
 * ships; `wide.onnx`, heads of many classes, with labels, loss and gradients in `wide.npz`; and in `linted` graphs of every
 * form and opset with what lint says of them, `verdicts.json`, to be compared with what happens.
 *
 *     tsx make.ts FOLDER
 */
const [folder = ''] = process.argv.slice(2)
mkdirSync(folder, { recursive: true })

const { images, boxes, labels, floor } = await dataSet(5)
const fromBoxes = { labels: 'boxes', maxBoxes: boxes.shape[1] as number }
for (const form of ['compact', 'static'] as const)
  for (const [suffix, way] of [
    ['', {}],
    ['-boxes', fromBoxes],
  ] as const) {
    // biome-ignore format: one row
    const trained = resolveConfig({ ...config, ...way, form, for: 'ort-training', components: true })
    writeFileSync(join(folder, `${form}${suffix}.onnx`), attachLoss(detector(), trained, { onlyLoss: true }).bytes)
  }
const arrays = [
  { name: 'image', tensor: images },
  { name: 'boxes', tensor: boxes },
  ...labels.map((tensor, l) => ({ name: `y_true_${l}`, tensor })),
]
writeFileSync(join(folder, 'data.npz'), await encodeNpz(arrays))
const { anchors, anchorMask, classes, ignoreThreshold } = config
writeFileSync(join(folder, 'detector.onnx'), detector())
writeFileSync(join(folder, 'boxes.json'), JSON.stringify({ anchors, anchorMask, classes, ignoreThreshold }))
writeFileSync(join(folder, 'about.json'), JSON.stringify({ anchors, anchorMask, ignoreThreshold, floor }))

const { model, arrays: expected } = await wide()
writeFileSync(join(folder, 'wide.onnx'), model)
writeFileSync(join(folder, 'wide.npz'), await encodeNpz(expected))

/** The findings of lint by file, for ORT training (a detector with its loss) and onnx2torch (the loss alone). */
const verdicts: Record<string, { readonly target: string; readonly findings: readonly string[] }> = {}
const linted = join(folder, 'linted')
mkdirSync(linted, { recursive: true })

function judge(target: 'ort-training' | 'onnx2torch', name: string, bytes: Uint8Array): void {
  const file = `${target}-${name}.onnx`
  writeFileSync(join(linted, file), bytes)
  verdicts[file] = { target, findings: lintGraph(bytes, target).findings.map((f) => f.op) }
}

const forms: Readonly<Record<string, ConfigInput>> = {
  compact: { form: 'compact' },
  'compact-trainable': { form: 'compact', for: 'ort-training' },
  static: { form: 'static' },
  loop: { form: 'loop' },
  'compact-boxes': { labels: 'boxes' },
  'compact-boxes-trainable': { labels: 'boxes', for: 'ort-training' },
  'static-boxes-trainable': { form: 'static', ...fromBoxes, for: 'ort-training' },
}
for (const [name, form] of Object.entries(forms))
  for (const opset of [13, 17, 18, 21]) {
    const of = resolveConfig({ ...config, ...form, opset })
    judge('ort-training', `${name}-${opset}`, attachLoss(detector(opset), of, { onlyLoss: true }).bytes)
    judge('onnx2torch', `${name}-${opset}`, encodeModel(lossModel({ ...of, gradients: true })))
  }
const beside = resolveConfig({ ...tinyConfig, form: 'loop' })
judge('ort-training', 'loop-beside-concat', attachLoss(tinyDetector({ opset: 17 }), beside, { onlyLoss: true }).bytes)
writeFileSync(join(linted, 'verdicts.json'), JSON.stringify(verdicts))
