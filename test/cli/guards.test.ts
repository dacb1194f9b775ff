import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { encodeNpz } from '../../src/io/arrays/npz.js'
import { float32 } from '../../src/io/tensor.js'
import { TinyDetector, tinyConfig } from '../attach/detector.js'
import { yoloLossHere as yoloLoss } from '../support/cli.js'
import { writeScenes } from '../support/pictures.js'
import { scratch } from '../verify/cases.js'

const root = await scratch()
const at = (name: string) => join(root, name)
await writeScenes(root, 'seen', 4, 2, 1)
await writeScenes(root, 'others', 4, 2, 2)
writeFileSync(at('tiny.json'), JSON.stringify(tinyConfig))
writeFileSync(at('names.txt'), 'cat\ndog\n')
writeFileSync(at('d.onnx'), new TinyDetector({ opset: 18, irVersion: 8 }).bytes())
writeFileSync(at('open.onnx'), new TinyDetector({ size: ['h', 'w'] }).bytes())
const coco = {
  images: [{ id: 1, file_name: '0.png', width: 64, height: 64 }],
  categories: [{ id: 1, name: 'cat' }, { id: 2, name: 'dog' }],
  annotations: [{ image_id: 1, category_id: 1, bbox: [4, 4, 30, 40] }],
} // biome-ignore format: one row a list
writeFileSync(at('coco.json'), JSON.stringify(coco))
const config = ['--config', at('tiny.json')]
const made = [
  await yoloLoss(['attach', at('d.onnx'), ...config, '--batch', '1', '--train', 'sgd', '-o', at('step.onnx')]),
  await yoloLoss(['attach', at('open.onnx'), ...config, '-o', at('attached.onnx')]),
  await yoloLoss(['export', ...config, '-o', at('loss.onnx')]),
]

/** Runs a command that must not touch a file. */
async function spares(file: string, ...args: string[]) {
  const before = readFileSync(at(file))
  const run = await yoloLoss(args)
  expect(readFileSync(at(file)).equals(before)).toBe(true)
  return [run.code, run.stderr]
}

describe('an output takes the place of nothing that is read', () => {
  const predict = ['predict', at('d.onnx'), ...config, '--images', at('seen')]
  const fit = ['fit', at('step.onnx'), '--max-steps', '1', '--annotations']

  it('begins with what was made', () => {
    expect(made.map(({ code }) => code)).toEqual([0, 0, 0])
  })

  it.each([
    ['predict over its configuration', 'tiny.json', [...predict, '-o', at('tiny.json')]],
    ['predict over the names', 'names.txt', [...predict, '--names', at('names.txt'), '-o', at('names.txt')]],
    ['fit over the names', 'names.txt', [...fit, at('coco.json'), '--images', at('seen'), '--names', at('names.txt'), '-o', at('names.txt')]],
    ['fit over an image', 'seen/1.png', [...fit, at('seen.txt'), '-o', at('seen/1.png')]],
    ['fit over an image to validate by', 'others/1.png', [...fit, at('seen.txt'), '--validation', at('others.txt'), '-o', at('others/1.png')]],
    ['verify over the names', 'names.txt', ['verify', at('loss.onnx'), '--data', at('x.npz'), '--annotations', at('coco.json'), '--names', at('names.txt'), '--junit', at('names.txt')]],
    ['targets over the names', 'names.npz', ['targets', at('coco.json'), ...config, '--input', '64x64', '--names', at('names.npz'), '-o', at('names.npz')]],
  ])('%s', async (_, file, args) => {
    copyFileSync(at('names.txt'), at('names.npz'))
    expect(await spares(file, ...args)).toEqual([2, expect.stringContaining('would overwrite')])
  }) // biome-ignore format: a table
})

describe('an output is a file with a name', () => {
  it.each([
    ['predict', ['predict', at('d.onnx'), ...config, '--images', at('seen'), '-o', '-']],
    ['targets', ['targets', at('seen.txt'), ...config, '--input', '64x64', '-o', '-']],
    ['verify --junit', ['verify', at('loss.onnx'), '--junit', '-']],
    ['verify --html', ['verify', at('loss.onnx'), '--html', '-']],
  ])('%s does not take - for one', async (_, args) => {
    const { code, stderr } = await yoloLoss(args)
    expect([code, stderr]).toEqual([2, expect.stringContaining('does not write it to stdout')])
  })

  it('targets makes no folder of the name of an array', async () => {
    const { code, stderr } = await yoloLoss([
      'targets',
      at('seen.txt'),
      ...config,
      '--input',
      '64x64',
      '-o',
      at('v.npy'),
    ])
    expect([code, stderr]).toEqual([2, expect.stringContaining('name an archive, FILE.npz, or a folder')])
  })

  it('export --text says that it wrote two', async () => {
    const { stderr } = await yoloLoss(['export', ...config, '--text', '-o', at('told.onnx')])
    expect(stderr).toContain(`wrote ${at('told.txt')} (its text)`)
  })
})

describe('flags that would do nothing are refused', () => {
  it.each([
    ['eval --skip without annotations', ['eval', at('loss.onnx'), at('x.npz'), '--skip', '2'], '"skip" is about --annotations'],
    ['eval --names without annotations', ['eval', at('loss.onnx'), at('x.npz'), '--names', at('names.txt')], '"names" is about --annotations'],
    ['fit --validation-images without --validation', ['fit', at('step.onnx'), '--annotations', at('seen.txt'), '--max-steps', '1', '--validation-images', at('seen'), '-o', at('v.onnx')], '"validationImages" is about --validation'],
    ['fit --ema for a step without averages', ['fit', at('step.onnx'), '--annotations', at('seen.txt'), '--max-steps', '1', '--ema', '-o', at('e.onnx')], 'finds no averages in'],
    ['predict with fewer names than classes', ['predict', at('d.onnx'), ...config, '--images', at('seen'), '--names', at('one.txt')], 'has 1 names for 2 classes'],
  ])('%s', async (_, args, words) => {
    writeFileSync(at('one.txt'), 'cat\n')
    const { code, stderr } = await yoloLoss(args)
    expect([code, stderr]).toEqual([2, expect.stringContaining(words)])
  }) // biome-ignore format: a table

  it('attach says that the heads decide the element type', async () => {
    const { code, stderr } = await yoloLoss([
      'attach',
      at('d.onnx'),
      ...config,
      '--dtype',
      'float64',
      '-o',
      at('f.onnx'),
    ])
    expect([code, stderr]).toEqual([
      0,
      expect.stringContaining(
        '--dtype: an element type is asked for, and the heads have another, which the loss takes (asked float64, heads float32)',
      ),
    ])
    const strict = await yoloLoss([
      'attach',
      at('d.onnx'),
      ...config,
      '--dtype',
      'float64',
      '--strict',
      '-o',
      at('f.onnx'),
    ])
    expect(strict.code).toBe(1)
  })
})

describe('what is taken for something else', () => {
  it('labels of another grid than the pictures are refused, though an open graph would read them', async () => {
    const labels = [[1, 2, 2, 3, 7], [1, 4, 4, 3, 7]].map((shape, l) => ({
      name: `y_true_${l}`,
      tensor: float32(shape, new Float32Array(shape.reduce((n, d) => n * d, 1))),
    })) // biome-ignore format: one row
    const image = { name: 'image', tensor: float32([1, 3, 96, 64], new Float32Array(3 * 96 * 64)) }
    writeFileSync(at('other.npz'), await encodeNpz([image, ...labels]))
    const { code, stderr } = await yoloLoss(['eval', at('attached.onnx'), at('other.npz')])
    expect([code, stderr]).toEqual([
      3,
      expect.stringContaining('"y_true_0" has a grid of 2×2, and pictures of 96×64 have 3×2'),
    ])
  })

  it('heads whose channels are told are not read in another order', async () => {
    const { code, stderr } = await yoloLoss([
      'attach',
      at('open.onnx'),
      ...config,
      '--layout',
      'nhwc',
      '-o',
      at('w.onnx'),
    ])
    expect([code, stderr]).toEqual([3, expect.stringContaining('of a shape such as [N,h,w,21] are wanted')])
  })

  it('a training does not go on with other images', async () => {
    const taught = (boxes: string, ...more: string[]) =>
      yoloLoss(['fit', at('step.onnx'), '--annotations', at(boxes), '--max-steps', '2', '-o', at('t.onnx'), ...more])
    expect((await taught('seen.txt')).code).toBe(0)
    const { code, stderr } = await taught('others.txt', '--resume')
    expect([code, stderr]).toEqual([3, expect.stringContaining('was trained with "data"')])
  })

  it('boxes that no scale learns are named', async () => {
    const masks = { ...tinyConfig, anchorMask: [[3, 4, 5], [1, 2, 3]] } // biome-ignore format: pairs
    writeFileSync(at('masks.json'), JSON.stringify(masks))
    writeFileSync(at('small.txt'), 'seen/0.png 10,10,15,18,0 5,5,60,60,1\n')
    mkdirSync(at('m'), { recursive: true })
    await yoloLoss([
      'attach',
      at('d.onnx'),
      '--config',
      at('masks.json'),
      '--batch',
      '1',
      '--train',
      'sgd',
      '-o',
      at('m/step.onnx'),
    ])
    const run = [
      'fit',
      at('m/step.onnx'),
      '--annotations',
      at('small.txt'),
      '--fit',
      'none',
      '--max-steps',
      '1',
      '-o',
      at('m/t.onnx'),
    ]
    const { code, stderr } = await yoloLoss(run)
    expect([code, stderr]).toEqual([
      0,
      expect.stringContaining('box 1 is left out: its size is nearest to that of anchor 0'),
    ])
  })

  it('an image of another size than its boxes were scaled by is left out, and --strict ends there', async () => {
    const taught = (...more: string[]) =>
      yoloLoss(['fit', at('step.onnx'), '--annotations', at('coco.json'), at('seen.txt'), '--images', at('seen'), '--epochs', '1', '--force', '-o', at('s.onnx'), ...more]) // biome-ignore format: one line
    writeFileSync(at('seen.txt'), readFileSync(at('seen.txt'), 'utf8').replaceAll('seen/', ''))
    const { code, stderr } = await taught()
    expect([code, stderr]).toEqual([
      0,
      expect.stringMatching(/0\.png is left out: it is \d+×\d+, and its boxes are those of 64×64/),
    ])
    expect((await taught('--strict')).code).toBe(3)
  })

  it('images without any box are told, which --strict fails for', async () => {
    writeFileSync(at('bare.txt'), '0.png\n1.png\n')
    const taught = (...more: string[]) =>
      yoloLoss(['fit', at('step.onnx'), '--annotations', at('bare.txt'), '--images', at('seen'), '--max-steps', '1', '--force', '-o', at('b.onnx'), ...more]) // biome-ignore format: one line
    const { code, stderr } = await taught()
    expect([code, stderr]).toEqual([
      0,
      expect.stringContaining('no image has a box: all of them are background (images 2)'),
    ])
    expect((await taught('--strict')).code).toBe(1)
  })

  it('a path that is not there is no image', async () => {
    const { code, stderr } = await yoloLoss(['predict', at('d.onnx'), ...config, '--images', at('nowhere')])
    expect([code, stderr]).toEqual([3, expect.stringContaining('there is no such file or folder')])
  })
})
