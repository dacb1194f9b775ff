import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { detachLoss } from '../../../src/attach/detach.js'
import { newHeads } from '../../../src/attach/newheads/renew.js'
import { float32 } from '../../../src/io/tensor.js'
import { readModel } from '../../../src/onnx/proto/read.js'
import { evaluateModel } from '../../../src/runtime/session.js'
import type { ConfigInput } from '../../../src/yolo/config/config.js'
import { resolveConfig } from '../../../src/yolo/config/resolve.js'
import { checkAttached } from '../../attach/compare.js'
import { noise } from '../../attach/given.js'

const folder = process.env.DETECTORS ?? ''
const size = [96, 160] as const
const names =
  folder === '' ? [] : readdirSync(folder).filter((name) => name.endsWith('.onnx') && !name.includes('+loss'))

/** The anchors and masks of each Darknet file; Darknet's own threshold for all. */
const configs: Readonly<Record<string, ConfigInput>> = {
  yolov3: { preset: 'yolov3-coco', ignoreThreshold: 0.7 },
  'yolov3-tiny': { preset: 'yolov3-tiny-coco', anchorMask: [[3, 4, 5], [0, 1, 2]] }, // biome-ignore format: a list
}

/** The image as the model takes it: Keras wants its channels last. */
function imageFor(info: ReturnType<typeof readModel>) {
  const [{ name, shape } = { name: 'image', shape: undefined }] = info.inputs
  const nchw = noise({ size, batch: 2 })
  if (shape?.[3] !== 3) return { [name]: nchw }
  const [h, w] = size
  const data = Float32Array.from(nchw.data, (_, i) => {
    const [c, at] = [i % 3, Math.floor(i / 3)]
    const [n, place] = [Math.floor(at / (h * w)), at % (h * w)]
    return nchw.data[(n * 3 + c) * h * w + place] as number
  })
  return { [name]: float32([2, h, w, 3], data) }
}

describe.each(names)('%s', (name) => {
  const file = join(folder, name)
  const model = new Uint8Array(readFileSync(file))
  const info = readModel(model, name)
  const config = { ...configs[name.split('@')[0] as string], components: true }

  it(`opset ${info.opsets.get('')}, IR ${info.irVersion}: loss, outputs and detector are what they were`, async () => {
    const { attached, loss, expected } = await checkAttached(model, { config, size, image: imageFor(info) })
    console.log(
      `${name}: ${attached.heads.map((h) => `${h.name} ${h.layout}`).join(', ')}; loss ${loss}, oracle ${expected}`,
    )
    writeFileSync(file.replace(/\.onnx$/, '+loss.onnx'), attached.bytes)
    expect(Buffer.from(detachLoss(attached.bytes).bytes).equals(model)).toBe(true)
  })

  it.runIf(info.irVersion >= 8 && (info.opsets.get('') ?? 0) >= 13)('the same as a function', async () => {
    const { attached } = await checkAttached(model, { config, size, image: imageFor(info), asFunction: true })
    writeFileSync(file.replace(/\.onnx$/, '+loss-function.onnx'), attached.bytes)
  })

  it('from boxes: the loss is that from dense labels, and the detector is given back', async () => {
    const how = { size, image: imageFor(info) }
    const { loss } = await checkAttached(model, { config, ...how })
    const own = await checkAttached(model, { config: { ...config, labels: 'boxes' }, ...how })
    expect(own.loss).toBe(loss)
    writeFileSync(file.replace(/\.onnx$/, '+loss-boxes.onnx'), own.attached.bytes)
    expect(Buffer.from(detachLoss(own.attached.bytes).bytes).equals(model)).toBe(true)
  })

  it.runIf((info.opsets.get('') ?? 0) >= 12)('the same in fixed sizes', async () => {
    const fixed = { form: 'static', batch: 2, input: size, maxBoxes: 7, labels: 'boxes' }
    const { attached } = await checkAttached(model, { config: { ...config, ...fixed }, size, image: imageFor(info) })
    writeFileSync(file.replace(/\.onnx$/, '+loss-boxes-static.onnx'), attached.bytes)
    expect(Buffer.from(detachLoss(attached.bytes).bytes).equals(model)).toBe(true)
  })

  it('gets new heads for three classes, which run', async () => {
    const own = resolveConfig({ ...config, classes: 3 } as ConfigInput)
    const { bytes, heads } = newHeads(model, own, { seed: 5, file: name })
    expect(heads.map(({ channels }) => channels)).toEqual(own.anchorMask.map(() => [255, 24]))
    const out = await evaluateModel(bytes, imageFor(info))
    for (const { shape } of out.values()) expect(shape.some((size) => size === 24 || size === 8)).toBe(true)
  })

  it('says whether its nodes have metadata, which stay', () => {
    // Detaching gave the same bytes, so nothing was lost; this shows that there was something to lose.
    if (info.irVersion >= 10) expect(Buffer.from(model).includes('pkg.torch.onnx')).toBe(name.includes('dynamo'))
  })
})

it('there are models to check', () => {
  expect(names.length).toBeGreaterThan(0)
})
