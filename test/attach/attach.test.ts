import { readFileSync } from 'node:fs'
import proto from 'onnx-proto'
import { describe, expect, it } from 'vitest'
import { attachLoss } from '../../src/attach/attach.js'
import { detachLoss, replaceLoss } from '../../src/attach/detach.js'
import { decodeModel, encodeForeign } from '../../src/onnx/proto/codec.js'
import { evaluateModel } from '../../src/runtime/session.js'
import { resolveConfig } from '../../src/yolo/config/resolve.js'
import { checkAttached } from './compare.js'
import { tinyConfig, tinyDetector } from './detector.js'
import { noise, tiny } from './given.js'

describe('a loss attached to the tiny detector', () => {
  it('the committed file is what the builder makes', () => {
    const committed = readFileSync(new URL('./tiny-detector.onnx', import.meta.url))
    expect(Buffer.from(tinyDetector()).equals(committed)).toBe(true)
  })

  it.each([11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25])(
    'is the oracle’s at opset %i',
    async (opset) => {
      const irVersion = opset < 15 ? 6 : opset < 21 ? 8 : 10
      const { attached } = await checkAttached(tinyDetector({ opset, irVersion }))
      expect(attached.opset).toBe(opset)
    },
  )

  it.each(['disabled', 'basic', 'all'] as const)('is the oracle’s at optimisation %s', async (optimization) => {
    await checkAttached(tinyDetector(), { session: { optimization } })
  })

  it.each(['nhwc', 'nahwc', 'nachw', 'float16'] as const)('reads %s heads', async (head) => {
    await checkAttached(tinyDetector({ head }))
  })

  it('reads heads of one layout of several that fit, when told which', async () => {
    const detector = tinyDetector({ head: 'nhwac' })
    expect(() => attachLoss(detector, tiny)).toThrow(
      /fits several layouts: nahwc .*nhwac[\s\S]*--head-layout nahwc or nhwac/,
    )
    await checkAttached(detector, { layout: 'nhwac' })
  })

  it.each(['flat-hwa', 'flat-ahw'] as const)('reads %s heads with known grids', async (head) => {
    const detector = tinyDetector({ head })
    expect(() => attachLoss(detector, tiny)).toThrow(/found 0/)
    expect(() => attachLoss(detector, tiny, { heads: ['coarse', 'fine'] })).toThrow(/flattened[\s\S]*--grids/)
    await checkAttached(detector, { layout: head, grids: [[3, 2], [6, 4]] }) // biome-ignore format: a list
  })

  it('takes symbolic sizes, the scales told from the strides or in the order named', async () => {
    const detector = tinyDetector({ size: ['H', 'W'] })
    const { attached } = await checkAttached(detector, { size: [64, 128], batch: 3 })
    expect(attached.heads.map((h) => h.name)).toEqual(['coarse', 'fine'])
    await checkAttached(detector, { heads: ['coarse', 'fine'], size: [64, 128], batch: 3 })
  })

  it('finds the scales in any order', async () => {
    const { attached } = await checkAttached(tinyDetector(), { heads: ['fine', 'coarse'] })
    expect(attached.heads.map((h) => h.name)).toEqual(['coarse', 'fine'])
  })

  it('takes a fixed batch', async () => {
    await checkAttached(tinyDetector({ batch: 3 }), { batch: 3 })
  })

  it('reads heads that are no outputs', async () => {
    const plain = tinyDetector()
    const decoded = tinyDetector({ head: 'sigmoid' })
    const { loss } = await checkAttached(plain)
    const inner = attachLoss(decoded, tiny, { heads: ['head1/Conv', 'head0/Conv'] })
    const { labelsOf } = await import('./given.js')
    const outputs = await evaluateModel(inner.bytes, { image: noise({}), ...labelsOf(tiny, {}) })
    expect(outputs.get('loss')?.data[0]).toBe(loss)
    expect([...outputs.keys()]).toEqual(['loss', 'coarse', 'fine'])
  })

  it('adds components and masks behind the detector’s outputs', async () => {
    const { outputs } = await checkAttached(tinyDetector(), {
      config: { ...tinyConfig, components: true, masks: true },
    })
    expect([...outputs.keys()].slice(0, 5)).toEqual(['loss', 'coarse', 'fine', 'xy_0', 'wh_0'])
    expect(outputs.get('ignore_mask_1')?.shape).toEqual([2, 6, 4, 3, 1])
  })

  it.each(['loop', 'static'] as const)('in the %s form', async (form) => {
    const sizes = form === 'static' ? { batch: 2, input: [96, 64] } : {}
    await checkAttached(tinyDetector({ batch: 2, opset: 17 }), { config: { ...tinyConfig, form, ...sizes } })
  })

  it('gives gradients in the layout of the heads', async () => {
    const { outputs } = await checkAttached(tinyDetector(), { config: { ...tinyConfig, gradients: true } })
    expect(outputs.get('grad_y_pred_1')?.shape).toEqual(outputs.get('fine')?.shape)
  })

  it('takes a normalizer as one more input', () => {
    const config = resolveConfig({ ...tinyConfig, normalizer: true })
    expect(attachLoss(tinyDetector(), config).inputs).toEqual(['y_true_0', 'y_true_1', 'normalizer'])
  })

  it('gives the same bytes for the same input', () => {
    expect(attachLoss(tinyDetector(), tiny).bytes).toEqual(attachLoss(tinyDetector(), tiny).bytes)
  })
})

describe('names that the detector has already', () => {
  it('are left to it; ours get a prefix', async () => {
    const detector = tinyDetector({ names: ['loss', 'y_true_0'] })
    const { attached } = await checkAttached(detector)
    expect(Object.fromEntries(attached.renamed)).toMatchObject({
      loss: 'yolov3_loss/loss',
      y_true_0: 'yolov3_loss/y_true_0',
    })
    expect(attached.inputs).toEqual(['yolov3_loss/y_true_0', 'y_true_1'])
  })

  it('even when they are those that the loss has inside', async () => {
    const { attached } = await checkAttached(tinyDetector({ names: ['y_pred_0', 'head_1'], head: 'nhwac' }), {
      layout: 'nhwac',
    })
    expect(attached.renamed.get('y_pred_0')).toBe('yolov3_loss/y_pred_0')
    await checkAttached(tinyDetector({ names: ['y_pred_1', 'y_pred_0'], head: 'nhwc' }))
  })

  it('and the symbols of its shapes too', async () => {
    const { attached } = await checkAttached(tinyDetector({ batch: 'T' }))
    expect(Buffer.from(attached.bytes).includes('yolov3_loss/T')).toBe(true)
  })
})

/** A model with its lists of numbers packed, which is valid, and not how ONNX's own libraries write them. */
const packed = (model: Uint8Array): Uint8Array =>
  new Uint8Array(proto.onnx.ModelProto.encode(proto.onnx.ModelProto.decode(model)).finish())

describe('detach', () => {
  const cases = { 'as it is': {}, 'with only the loss left': { onlyLoss: true } }
  it.each(Object.entries(cases))('gives back the detector byte for byte, %s', (_, options) => {
    const detector = tinyDetector()
    const attached = attachLoss(detector, resolveConfig({ ...tinyConfig, components: true }), options)
    expect(Buffer.from(detachLoss(attached.bytes).bytes).equals(detector)).toBe(true)
  })

  it.each([{}, { onlyLoss: true, rewriteResize: true }, { asFunction: true }])(
    'gives back its fields after other libraries have written the file anew, %j',
    (options) => {
      const anew = (model: Uint8Array) => encodeForeign(decodeModel(model, 'm'))
      const detector = packed(tinyDetector({ opset: 17, irVersion: 8 }))
      const written = anew(attachLoss(detector, tiny, options).bytes)
      expect(anew(detector)).not.toEqual(detector)
      expect(anew(detachLoss(written).bytes)).toEqual(anew(detector))
    },
  )

  it('refuses what has no loss, and a loss that was changed', () => {
    expect(() => detachLoss(tinyDetector())).toThrow(/no loss was attached/)
    const { bytes } = attachLoss(tinyDetector(), tiny)
    const at = Buffer.from(bytes).lastIndexOf('Sigmoid')
    bytes.set(Buffer.from('Sigmoix'), at)
    expect(() => detachLoss(bytes)).toThrow(/not the ones that were attached/)
  })

  it('keeps weights that were trained in between', () => {
    const detector = tinyDetector()
    const { bytes } = attachLoss(detector, tiny)
    const weight = Buffer.from('stage0.weight')
    const trained = (model: Uint8Array) => {
      const copy = Buffer.from(model)
      // The tensor's raw data follow its name, their tag and two bytes of length.
      const at = copy.indexOf(weight, copy.indexOf(weight) + 1) + weight.length + 3
      copy.writeFloatLE(42, at)
      return copy
    }
    expect(Buffer.from(detachLoss(trained(bytes)).bytes).equals(trained(detector))).toBe(true)
  })
})

describe('replace', () => {
  it('is the same as attaching anew', () => {
    const detector = tinyDetector()
    const other = resolveConfig({ ...tinyConfig, ignoreThreshold: 0.7, masks: true })
    const heads = ['coarse', 'fine']
    const replaced = replaceLoss(attachLoss(detector, tiny, { onlyLoss: true }).bytes, other)
    expect(replaced.bytes).toEqual(attachLoss(detector, other, { onlyLoss: true, heads, layout: 'nchw' }).bytes)
  })

  it('refuses a second loss', () => {
    const { bytes } = attachLoss(tinyDetector(), tiny)
    expect(() => attachLoss(bytes, tiny)).toThrow(/has a loss already[\s\S]*replace/)
  })
})
