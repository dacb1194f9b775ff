import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { programs } from '../../../src/cli/programs.js'
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
    expect([code, names]).toEqual([0, [...Object.keys(programs), '']])
  })

  it('has every file of its folder, each in that of its language', () => {
    const folder = fileURLToPath(new URL('../../../src/cli/programs', import.meta.url))
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    const told = Object.entries(programs).map(([name, { language }]) => join(folder, language, name))
    expect(files.map(({ parentPath, name }) => join(parentPath, name)).sort()).toEqual(told.sort())
  })

  it('writes one with -o, and says so', async () => {
    const { stdout: text } = await yoloLossHere(['program', 'torch_loss.py'])
    const { code, stdout, stderr } = await yoloLossHere(['program', 'torch_loss.py', '-o', 'mine.py'])
    const size = Buffer.byteLength(text)
    expect([code, stdout, stderr]).toEqual([0, '', `wrote mine.py (${size} bytes)\n`])
    expect(readFileSync('mine.py', 'utf8')).toBe(text)
    const told = await yoloLossHere(['program', 'torch_loss.py', '-o', 'mine.py', '--json'])
    expect(JSON.parse(told.stdout)).toMatchObject({ name: 'torch_loss.py', file: 'mine.py' })
  })

  it('refuses to print a program and a report', async () => {
    const { code, stdout } = await yoloLossHere(['program', 'step.py', '-o', '-', '--json'])
    expect([code, JSON.parse(stdout).error.code]).toEqual([2, 'E_USAGE'])
  })

  it.each([
    [['-o', 'all.txt'], '"output" is given without the name of a program'],
    [['step.py', '-o', ''], '"output" is empty: name a file'],
  ])('refuses %j', async (args, words) => {
    const { code, stderr } = await yoloLossHere(['program', ...args])
    expect([code, stderr]).toEqual([2, expect.stringContaining(words)])
  })

  it('refuses another name', async () => {
    const { code, stderr } = await yoloLossHere(['program', 'step.rb'])
    expect([code, stderr]).toEqual([2, expect.stringContaining('step.mjs, step.py')])
    expect(stderr.trim().split('\n')).toHaveLength(1)
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
