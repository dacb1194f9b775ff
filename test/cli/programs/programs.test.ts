import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { encodeNpz } from '../../../src/io/arrays/npz.js'
import { resolveConfig } from '../../../src/yolo/config/resolve.js'
import { tinyConfig, tinyDetector } from '../../attach/detector.js'
import { labelsOf, noise } from '../../attach/given.js'
import { workIn } from '../../golden/place.js'
import { yoloLossHere } from '../../support/cli.js'

await workIn({ 'tiny.json': tinyConfig, 'd.onnx': tinyDetector({ opset: 17, irVersion: 8 }) })

const source = fileURLToPath(new URL('../../../src/index.ts', import.meta.url))

describe('yolo-loss program', () => {
  it('with --json names the programs, or gives one as JSON', async () => {
    const [all, one] = [
      await yoloLossHere(['program', '--json']),
      await yoloLossHere(['program', 'step.mjs', '--json']),
    ]
    expect(Object.keys(JSON.parse(all.stdout).programs)).toContain('step.py')
    expect(JSON.parse(one.stdout)).toMatchObject({ name: 'step.mjs', text: expect.stringContaining('openSession') })
  })

  it('names the programs', async () => {
    const { code, stdout } = await yoloLossHere(['program'])
    const names = stdout.split('\n').map((line) => line.split(' ')[0])
    expect([code, names]).toEqual([0, ['step.mjs', 'step.py', 'ort-training.py', 'onnx2torch-training.py', '']])
  })

  it('refuses another name', async () => {
    const { code, stderr } = await yoloLossHere(['program', 'step.rb'])
    expect([code, stderr]).toEqual([2, expect.stringContaining('step.mjs, step.py')])
  })

  it.each([
    ['step.py', 'onnxruntime.InferenceSession(model)'],
    ['ort-training.py', 'artifacts.generate_artifacts('],
    ['onnx2torch-training.py', 'onnx2torch.convert('],
  ])('prints %s as Python that calls %s', async (name, call) => {
    const { code, stdout } = await yoloLossHere(['program', name])
    expect([code, stdout]).toEqual([0, expect.stringContaining(call)])
  })

  it('prints step.mjs, which brings the loss down and leaves the trained detector', async () => {
    await yoloLossHere('attach d.onnx --config tiny.json --batch 2 --train sgd -o step.onnx'.split(' '))
    const labels = Object.entries(labelsOf(resolveConfig(tinyConfig), {}))
    const arrays = [['image', noise({})] as const, ...labels].map(([name, tensor]) => ({ name, tensor }))
    writeFileSync('batch.npz', await encodeNpz(arrays))
    const { stdout: text } = await yoloLossHere(['program', 'step.mjs'])
    writeFileSync('step.mjs', text.replace("'onnx-yolo-loss'", JSON.stringify(source)))
    const run = spawnSync(process.execPath, ['step.mjs', 'step.onnx', 'step.npz', 'batch.npz', '5', '0.0005'])
    const losses = run.stdout.toString().trim().split('\n').map((line) => Number(line.split(' ')[1])) // biome-ignore format: one line
    expect([run.status, losses.length]).toEqual([0, 5])
    expect(losses[4]).toBeLessThan(losses[0] as number)
    const { code } = await yoloLossHere(['inspect', join('.', 'trained.onnx')])
    expect(code).toBe(0)
  })
})
