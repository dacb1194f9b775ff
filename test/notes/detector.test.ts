import { writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { attachLoss } from '../../src/attach/attach.js'
import { trainingStep } from '../../src/train/step/step.js'
import { resolveConfig } from '../../src/yolo/config/resolve.js'
import { tinyConfig, tinyDetector } from '../attach/detector.js'
import { at, noted, text } from './cli.js'

const config = await text('tiny.json', tinyConfig)
await writeFile(at('folded.onnx'), tinyDetector())
await writeFile(at('norms.onnx'), tinyDetector({ norm: true }))
const training = ['--train', 'sgd', '--batch', '1', '--freeze-above', 'stage4/Conv']

describe('of a detector', () => {
  it.each([
    ['attach', [], 'a.onnx'],
    ['attach --train', training, 'b.onnx'],
  ])('%s tells that its batch norms are folded', async (_, args, output) => {
    const run = await noted(['attach', at('folded.onnx'), '--config', config, ...args, '-o', at(output)])
    expect(run.notes).toMatchObject([
      { code: 'folded-batch-norms', where: at('folded.onnx'), values: { 'convolutions with a bias': 8 } },
    ])
    expect([run.code, run.stderr]).toEqual([0, expect.stringContaining('training=TrainingMode.PRESERVE')])
  })

  it('nothing is told where it has some', async () => {
    const run = await noted(['attach', at('norms.onnx'), '--config', config, '-o', at('c.onnx')])
    expect(run.notes).toEqual([])
  })

  it('a program finds the same', () => {
    const options = { file: 'tiny.onnx' }
    const codes = [
      attachLoss(tinyDetector(), resolveConfig(tinyConfig), options),
      trainingStep(tinyDetector(), resolveConfig({ ...tinyConfig, batch: 1 }), {
        ...options,
        optimizer: 'sgd',
        freezeAbove: ['stage4/Conv'],
      }),
    ].map(({ notes }) => notes.map(({ code }) => code))
    expect(codes).toEqual([['folded-batch-norms'], ['folded-batch-norms']])
  })
})
