import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { decodeNpz, encodeNpz } from '../../src/io/arrays/npz.js'
import { float32 } from '../../src/io/tensor.js'
import { Evaluator } from '../../src/reference/semantics/loops/evaluate.js'
import { probe } from '../../src/reference/semantics/probe/probe.js'
import { semantics } from '../../src/reference/semantics/profiles/profiles.js'
import { yoloLossHere as yoloLoss } from '../support/cli.js'
import { scratch } from '../verify/cases.js'

const root = await scratch()
const gradients = new Evaluator(probe()).gradients(semantics('mmdetection'))
const [images, anchors, entries] = [3, 3, 8]

/** A gradient `[B,h,w,A·(5+C)]` with its channels before its rows and columns. */
function channelsFirst(data: Float64Array, cells: number): Float32Array {
  const moved = new Float32Array(data.length)
  const channels = anchors * entries
  for (let b = 0; b < images; b++)
    for (let cell = 0; cell < cells ** 2; cell++)
      for (let k = 0; k < channels; k++)
        moved[(b * channels + k) * cells ** 2 + cell] = data[(b * cells ** 2 + cell) * channels + k] ?? Number.NaN
  return moved
}

/** The probe in a layout, with the gradients of mmdetection in the order of PyTorch. */
async function result(layout: string, shapeOf: (cells: number) => number[]): Promise<string> {
  const [batch, path] = [join(root, `${layout}-probe.npz`), join(root, `${layout}.npz`)]
  await yoloLoss(['probe', '--layout', layout, '-o', batch])
  const given = Object.fromEntries(await decodeNpz(await readFile(batch)))
  const own = gradients.map((data, l) => {
    const cells = 4 * 2 ** l
    return [`grad_y_pred_${l}`, float32(shapeOf(cells), channelsFirst(data, cells))] as const
  })
  await writeFile(path, await encodeNpz({ ...given, ...Object.fromEntries(own) }))
  return path
}

describe('identify, of arrays with the channels first', () => {
  it.each([
    ['nchw', (cells: number) => [images, anchors * entries, cells, cells]],
    ['nachw', (cells: number) => [images, anchors, entries, cells, cells]],
  ])('finds the loss with --layout %s', { timeout: 120_000 }, async (layout, shapeOf) => {
    const path = await result(layout, shapeOf)
    const { stdout, code } = await yoloLoss(['identify', path, '--layout', layout])
    expect(stdout).toMatch(/^certain: this is mmdetection's\n/)
    expect(code).toBe(0)
  })

  it('names the layout that logits have, where another is told', async () => {
    const path = await result('nchw', (cells) => [images, anchors * entries, cells, cells])
    const { stderr, code } = await yoloLoss(['identify', path])
    expect(code).toBe(3)
    expect(stderr).toContain('"y_pred_0" is [3,24,4,4], and must be [B,h,w,24] in nhwc')
    expect(stderr).toContain('--layout nchw')
  })
})

describe('semantics', () => {
  it('takes the layout of a case, and of flags', async () => {
    const path = await result('nchw', (cells) => [images, anchors * entries, cells, cells])
    const losses = async (file: string, ...more: string[]) => {
      const { stdout } = await yoloLoss(['semantics', 'darknet', 'paddle', '--data', file, '--json', ...more])
      return JSON.parse(stdout).loss
    }
    const plain = join(root, 'plain.npz')
    await yoloLoss(['probe', '-o', plain])
    expect(await losses(path, '--layout', 'nchw')).toEqual(await losses(plain))
  })
})
