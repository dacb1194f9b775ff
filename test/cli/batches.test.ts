import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { encodeNpz } from '../../src/io/arrays/npz.js'
import { float32 } from '../../src/io/tensor.js'
import { graphBytes } from '../support/cases.js'
import { yoloLossHere as yoloLoss } from '../support/cli.js'
import { scratch } from '../verify/cases.js'

const root = await scratch()
const at = (name: string) => join(root, name)
await writeFile(at('loss.onnx'), graphBytes({ preset: 'yolov3-tiny-voc', classes: 3, labels: 'boxes' }))
await writeFile(at('all.txt'), 'a.jpg 10,20,60,50,1\nb.jpg 30,12,41,33,2\nc.jpg 0,0,90,60,0\n')

const logits = (images: number, l: number, by = 37) => {
  const shape = [images, 2 * 2 ** l, 3 * 2 ** l, 24]
  return float32(
    shape,
    Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => ((i * by) % 23) / 11 - 1),
  )
}
const save = async (name: string, images: number, scales = [0, 1]) =>
  writeFile(at(name), await encodeNpz(scales.map((l) => ({ name: `y_pred_${l}`, tensor: logits(images, l) }))))
await save('one.npz', 1)
await save('two.npz', 2)
await save('coarse.npz', 3, [0])
await save('fine.npz', 3, [1])
const annotations = ['--annotations', at('all.txt'), '--image-size', '64x96']
const evaluate = (files: readonly string[], ...more: readonly string[]) =>
  yoloLoss(['eval', at('loss.onnx'), ...files.map(at), ...annotations, ...more])
const lossesIn = (text: string) => [...text.matchAll(/^loss = (\S+)/gm)].map(([, loss]) => Number(loss))

describe('eval of several data files', () => {
  it('that hold the same arrays runs each, names each, and deals the annotations out', async () => {
    const { code, stdout } = await evaluate(['one.npz', 'two.npz'])
    const first = await evaluate(['one.npz'], '--take', '1')
    const second = await evaluate(['two.npz'], '--skip', '1')
    const losses = [first, second].flatMap((run) => lossesIn(run.stdout))
    expect([code, lossesIn(stdout)]).toEqual([0, losses])
    expect(stdout.split('\n').filter((line) => line.endsWith(':'))).toEqual([`${at('one.npz')}:`, `${at('two.npz')}:`])
    expect(stdout).toMatch(/\n\n2 files: loss \S+ to \S+, mean \S+\n$/)
  })

  it('gives one JSON report, each file named', async () => {
    const { code, stdout } = await evaluate(['one.npz', 'two.npz'], '--json')
    const { schemaVersion, files } = JSON.parse(stdout)
    expect([code, schemaVersion]).toEqual([0, 1])
    expect(files).toMatchObject([
      { file: at('one.npz'), outputs: { loss: expect.any(Number) } },
      { file: at('two.npz') },
    ])
  })

  it('ends with 1 where the loss of one is not finite', async () => {
    const [a, b] = [logits(1, 0), logits(1, 1)]
    ;(a.data as Float32Array)[4] = Number.NaN
    await writeFile(at('nan.npz'), await encodeNpz([{ name: 'y_pred_0', tensor: a }, { name: 'y_pred_1', tensor: b }]))
    const { code, stdout } = await evaluate(['two.npz', 'nan.npz'])
    expect([code, lossesIn(stdout).length]).toEqual([1, 2])
  }) // biome-ignore format: short

  it('wants as many images as all of them have together', async () => {
    const more = await evaluate(['one.npz', 'two.npz'], '--skip', '1')
    expect(more).toMatchObject({ code: 3, stderr: expect.stringContaining('1 image of annotations for a batch of 2') })
    const fewer = await evaluate(['one.npz', 'one.npz'])
    expect(fewer).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('2 images of annotations for a batch of 1'),
    })
  })

  it('that hold different arrays is of one batch, as ever', async () => {
    const { code, stdout } = await evaluate(['coarse.npz', 'fine.npz'])
    expect([code, lossesIn(stdout).length, stdout.includes('files:')]).toEqual([0, 1, false])
  })
})
