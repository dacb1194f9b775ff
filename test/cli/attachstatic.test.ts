import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { tinyConfig, tinyDetector } from '../attach/detector.js'
import { yoloLossHere as yoloLoss } from '../support/cli.js'
import { scratch } from '../verify/cases.js'

const root = await scratch()
const at = (name: string) => join(root, name)
await writeFile(at('tiny.json'), JSON.stringify(tinyConfig))
await writeFile(at('sized.json'), JSON.stringify({ ...tinyConfig, form: 'static', batch: 3 }))
await writeFile(at('fixed.onnx'), tinyDetector({ batch: 2 }))
await writeFile(at('open.onnx'), tinyDetector({ size: ['H', 'W'] }))
await writeFile(at('batch.onnx'), tinyDetector())
const darknet = ['[net]', 'width=608', 'height=608', '[yolo]', 'mask=3,4,5', `anchors=${tinyConfig.anchors.flat()}`, 'classes=2', 'num=6', '[yolo]', 'mask=0,1,2', `anchors=${tinyConfig.anchors.flat()}`, 'classes=2', 'num=6', ''] // biome-ignore format: a file
await writeFile(at('tiny.cfg'), darknet.join('\n'))

const attach = (model: string, ...args: string[]) => {
  const config = args.includes('--config') ? [] : ['--config', at('tiny.json')]
  return yoloLoss(['attach', at(model), ...config, ...args, '-o', at('out.onnx')])
}

/** What the graph that was written last is made for. */
async function written() {
  const { stdout } = await yoloLoss(['inspect', at('out.onnx'), '--json'])
  const { config } = JSON.parse(stdout)
  return { form: config.form, batch: config.batch, input: config.input }
}

describe('attach --form static', () => {
  it('takes batch and input from the heads', async () => {
    expect((await attach('fixed.onnx', '--form', 'static', '-q')).code).toBe(0)
    expect(await written()).toEqual({ form: 'static', batch: 2, input: [96, 64] })
  })

  it('before the input of a Darknet file, which is that of its network', async () => {
    expect((await attach('fixed.onnx', '--config', at('tiny.cfg'), '--form', 'static', '-q')).code).toBe(0)
    expect(await written()).toEqual({ form: 'static', batch: 2, input: [96, 64] })
  })

  it('takes from flags and files what they give, and the rest from the heads', async () => {
    expect((await attach('batch.onnx', '--form', 'static', '--batch', '4', '-q')).code).toBe(0)
    expect(await written()).toEqual({ form: 'static', batch: 4, input: [96, 64] })
    expect((await attach('batch.onnx', '--config', at('sized.json'), '-q')).code).toBe(0)
    expect(await written()).toEqual({ form: 'static', batch: 3, input: [96, 64] })
    const other = await attach('fixed.onnx', '--form', 'static', '--batch', '4', '-q')
    expect([other.code, other.stderr]).toEqual([
      3,
      expect.stringContaining('its batch is 2, but the configuration has 4'),
    ])
  })

  it('asks for what the heads leave open', async () => {
    const run = await attach('batch.onnx', '--form', 'static')
    expect(run).toMatchObject({ code: 2, stderr: expect.stringContaining('"batch" must be given for the static form') })
    const open = await attach('open.onnx', '--form', 'static', '--batch', '2')
    expect(open).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('"input" must be given for the static form'),
    })
    expect(open.stderr).toContain('hint: give --input')
  })

  it('so do a step and replace', async () => {
    const training = ['--train', 'sgd', '--freeze-above', 'stage4/Conv']
    expect((await attach('fixed.onnx', '--form', 'static', ...training, '-q')).code).toBe(0)
    await yoloLoss(['attach', at('fixed.onnx'), '--config', at('tiny.json'), '-o', at('loss.onnx')])
    const flags = ['--config', at('tiny.json'), '--form', 'static', '-q', '-o', at('out.onnx')]
    expect(await yoloLoss(['replace', at('loss.onnx'), ...flags])).toMatchObject({ code: 0 })
    expect(await written()).toEqual({ form: 'static', batch: 2, input: [96, 64] })
  })
})
