import { copyFile, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { TinyDetector, tinyConfig } from '../attach/detector.js'
import { graphBytes } from '../support/cases.js'
import { yoloLossHere as yoloLoss } from '../support/cli.js'
import { scratch } from '../verify/cases.js'

const root = await scratch()
const path = (name: string) => join(root, name)
const detector = new TinyDetector({ opset: 18, irVersion: 8, batch: 2 }).bytes()
await writeFile(path('d.onnx'), detector)
await writeFile(path('d.npz'), detector)
await writeFile(path('tiny.json'), JSON.stringify(tinyConfig))
await symlink(path('tiny.json'), path('linked.npz'))
await writeFile(path('loss.onnx'), graphBytes({ preset: 'yolov3-tiny-voc', classes: 3 }))
await writeFile(path('boxes.txt'), 'a.jpg 10,20,60,50,1\n')
const train = ['--config', path('tiny.json'), '--batch', '2', '--train', 'sgd']
await yoloLoss(['attach', path('d.onnx'), ...train, '-o', path('step.onnx')])

describe('no output takes the place of a file that is read, or of another output', () => {
  it.each([
    ['verify --html over the graph', ['verify', path('loss.onnx'), '--html', path('loss.onnx')], 'loss.onnx'],
    ['verify --junit over the data', ['verify', path('loss.onnx'), '--data', path('d.npz'), '--junit', path('d.npz')], 'd.npz'],
    ['verify --html and --junit in one', ['verify', path('loss.onnx'), '--html', path('x'), '--junit', path('x')], 'loss.onnx'],
    ['detach over the weights', ['detach', path('step.onnx'), '--weights', path('step.npz'), '-o', path('step.npz')], 'step.npz'],
    ['export --text over the annotations', ['export', '--preset', 'yolov3-voc', '--form', 'static', '--batch', '1', '--input', '64x64', '--labels', 'boxes', '--max-boxes-of', path('boxes.txt'), '--text', '-o', path('boxes.onnx')], 'boxes.txt'],
    ['attach --train beside a detector of that name', ['attach', path('d.npz'), ...train, '-o', path('d.onnx')], 'd.npz'],
    ['attach --train over the configuration, through a link', ['attach', path('d.onnx'), ...train, '-o', path('linked.onnx')], 'tiny.json'],
    ['attach --train over weights, without --force', ['attach', path('d.onnx'), ...train, '-o', path('step.onnx')], 'step.npz'],
  ])('%s', async (_, args, kept) => {
    const before = await readFile(path(kept))
    const { code, stderr } = await yoloLoss(args)
    expect([code, stderr]).toEqual([2, expect.stringMatching(/would overwrite|and so is|where trained weights may be/)])
    expect(Buffer.compare(await readFile(path(kept)), before)).toBe(0)
  }) // biome-ignore format: one row a case
})

describe('what belongs to a training step', () => {
  it('is refused of a model that is none', async () => {
    await yoloLoss(['attach', path('d.onnx'), '--config', path('tiny.json'), '-o', path('attached.onnx')])
    const { code, stderr } = await yoloLoss([
      'detach',
      path('attached.onnx'),
      '--weights',
      path('step.npz'),
      '-o',
      path('x.onnx'),
    ])
    expect([code, stderr]).toEqual([2, expect.stringContaining('is about a training step that keeps no weights')])
  })

  it('writes its update over no detector', async () => {
    const detector = path('y.update.onnx')
    await copyFile(path('d.onnx'), detector)
    const { code, stderr } = await yoloLoss(['attach', detector, ...train, '--gradients-only', '-o', path('y.onnx')])
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining('y.update.onnx, which is the detector: name another file'),
    ])
    expect(Buffer.compare(await readFile(detector), await readFile(path('d.onnx')))).toBe(0)
  })
})

describe('an output without a name', () => {
  it.each([
    ['view', ['view', path('d.npz'), '--preset', 'yolov3-voc', '-o', ''], '"output" is empty: name a file'],
    ['view --live', ['view', path('d.npz'), '--preset', 'yolov3-voc', '--live', '-o', ''], '"output" is empty: name a file'],
    ['plot', ['plot', path('boxes.txt'), '-o', ''], '"output" is empty: name a file'],
    ['export', ['export', '--preset', 'yolov3-voc', '-o', ''], '"output" is empty: name a file'],
    ['diff', ['diff', path('loss.onnx'), path('loss.onnx'), '--html', ''], '"html" is empty: name a file'],
  ])('of %s is said to be empty', async (_, args, words) => {
    const { code, stderr } = await yoloLoss(args)
    expect([code, stderr]).toEqual([2, expect.stringContaining(words)])
  }) // biome-ignore format: one row a case
})
