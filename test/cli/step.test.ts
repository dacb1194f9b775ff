import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openDetector } from '../../src/detector/open.js'
import { encodeNpz } from '../../src/io/arrays/npz.js'
import { readArrays } from '../../src/io/arrays/read.js'
import { float32 } from '../../src/io/tensor.js'
import { tensorFrom } from '../../src/onnx/proto/decode.js'
import type { TensorProto } from '../../src/onnx/proto/messages.js'
import { readModel } from '../../src/onnx/proto/read.js'
import { TinyDetector, tinyConfig } from '../attach/detector.js'
import { yoloLossHere as yoloLoss } from '../support/cli.js'
import { scratch } from '../verify/cases.js'

const root = await scratch()
const path = (name: string) => join(root, name)
const detector = new TinyDetector({ opset: 18, irVersion: 8, batch: 2 }).bytes()
await writeFile(path('d.onnx'), detector)
await writeFile(path('tiny.json'), JSON.stringify(tinyConfig))

const attach = (...more: string[]) =>
  yoloLoss(['attach', path('d.onnx'), '--config', path('tiny.json'), '--batch', '2', ...more])

const made = await attach('--train', 'sgd', '-o', path('step.onnx'))

describe('attach --train', () => {
  it('says what it wrote', () => {
    expect([made.code, made.stderr]).toEqual([
      0,
      expect.stringContaining(`wrote ${path('step.npz')} (what it begins with`),
    ])
  })

  it('makes what inspect tells all about', async () => {
    const { code, stdout } = await yoloLoss(['inspect', path('step.onnx')])
    expect(code).toBe(0)
    for (const line of [
      'training step: sgd, momentum 0.9',
      '  parameters  16: const/stage0.weight, const/stage0.bias, const/stage1.weight and 13 more; 4670 numbers',
      '  frozen      0; 0 numbers',
      '  state       16: momentum/const/stage0.weight,',
      'memory of a step, about:',
    ])
      expect(stdout).toContain(line)
    const { step } = JSON.parse((await yoloLoss(['inspect', path('step.onnx'), '--json'])).stdout)
    expect(step).toMatchObject({ optimizer: 'sgd', trained: 4670, frozen: [0, 0] })
  })

  it('writes what the step begins with beside it', async () => {
    const values = await readArrays(path('step.npz'))
    expect(values.get('step')?.dtype).toBe('int64')
    expect(values.get('momentum/const/head0.bias')?.data).toEqual(new Float32Array(21))
  })

  it('detach gives the detector back, byte for byte, with those values or with weights that are named', async () => {
    for (const more of [[], ['--weights', path('step.npz')]]) {
      const { code } = await yoloLoss(['detach', path('step.onnx'), ...more, '-o', path('back.onnx')])
      expect(code).toBe(0)
      expect(Buffer.compare(await readFile(path('back.onnx')), detector)).toBe(0)
    }
  })

  it('with --gradients-only writes the update beside, and what that begins with', async () => {
    const { code, stderr } = await attach('--train', 'adam', '--gradients-only', '--ema', '.9', '-o', path('part.onnx'))
    expect([code, stderr]).toEqual([0, expect.stringContaining(`wrote ${path('part.update.onnx')} (the update, `)])
    const [step, update] = await Promise.all(
      ['part.onnx', 'part.update.onnx'].map(async (name) => readModel(await readFile(path(name)), name)),
    )
    const values = await readArrays(path('part.npz'))
    const gradients = step?.outputs.flatMap(({ name }) => (name.startsWith('grad/') ? [name] : [])) ?? []
    expect(gradients).toHaveLength(16)
    const names = update?.inputs.map(({ name }) => name) ?? []
    expect(names.filter((name) => !values.has(name)).sort()).toEqual([...gradients, 'rate'].sort())
    expect((await yoloLoss(['detach', path('part.onnx'), '-o', path('part-back.onnx')])).code).toBe(0)
    expect(Buffer.compare(await readFile(path('part-back.onnx')), detector)).toBe(0)
  })

  it('takes the sizes of a static form from heads that are to be new, too', async () => {
    await writeFile(path('four.json'), JSON.stringify({ ...tinyConfig, classes: 4 }))
    const how = [
      '--train',
      'sgd',
      '--new-heads',
      '3',
      '--steps-per-run',
      '2',
      '--form',
      'static',
      '-o',
      path('static.onnx'),
    ]
    const { code, stderr } = await yoloLoss(['attach', path('d.onnx'), '--config', path('four.json'), ...how])
    expect([code, stderr]).toEqual([0, expect.stringContaining('27 channels, had 21')])
  })

  it('detach says which weight is missing', async () => {
    await writeFile(path('other.npz'), await encodeNpz([{ name: 'x', tensor: float32([1], [0]) }]))
    const { code, stderr } = await yoloLoss([
      'detach',
      path('step.onnx'),
      '--weights',
      path('other.npz'),
      '-o',
      path('x.onnx'),
    ])
    expect([code, stderr]).toEqual([3, expect.stringContaining('is not among the weights given')])
  })

  it('detach takes the averages of the weights where it is asked to, and says where there are none', async () => {
    await attach('--train', 'sgd', '--ema', '.9', '-o', path('mean.onnx'))
    const values = await readArrays(path('mean.npz'))
    const name = 'ema/const/head0.bias'
    const arrays = [...values].map(([key, tensor]) =>
      key === name ? { name, tensor: float32([21], Array(21).fill(7)) } : { name: key, tensor },
    )
    await writeFile(path('mean.npz'), await encodeNpz(arrays as never))
    expect((await yoloLoss(['detach', path('mean.onnx'), '--ema', '-o', path('mean-back.onnx')])).code).toBe(0)
    const { initializers } = openDetector(await readFile(path('mean-back.onnx')), 'mean-back')
    const bias = tensorFrom(initializers.get('const/head0.bias') as TensorProto, 'mean-back').tensor
    expect([...(bias.data as Float32Array)]).toEqual(Array(21).fill(7))
    const { code, stderr } = await yoloLoss(['detach', path('step.onnx'), '--ema', '-o', path('x.onnx')])
    expect([code, stderr]).toEqual([2, expect.stringContaining('finds no averages')])
  })

  it.each([
    [['--ema', '.9'], '"ema" is about training: add --train'],
    [['--train', 'sgd', '--betas', '.9,.99'], '"betas" is a number of adam and adamw, not of sgd'],
    [['--train', 'adam', '--momentum', '.9'], '"momentum" is a number of sgd, not of adam'],
    [['--train', 'sgd', '--as-function'], 'hides nodes, of which --train derives'],
    [['--train', 'sgd', '--for', 'ort-training'], 'a training step is for any runtime'],
    [['--train', 'sgd', '--rewrite-resize'], 'is not needed with --train'],
    [
      ['--train', 'sgd', '--gradients-only', '--steps-per-run', '2'],
      'hands weights from step to step, but gradientsOnly updates none',
    ],
    [['--steps-per-run', '2'], '"stepsPerRun" is about training: add --train'],
    [['--new-heads', '1'], '"newHeads" is about training: add --train'],
    [['--train', 'sgd', '--new-heads', '-1'], 'is no whole number'],
    [['--train', 'lion'], 'sgd, adam, adamw'],
    [['--train', 'sgd', '--ema', '1'], 'is no number from 0 to'],
    [['--train', 'sgd', '--accumulate', '0'], 'is no whole number of 1 or more'],
    [['--train', 'sgd', '--clip-norm', '0'], 'is no number from'],
  ])('%s is refused in words', async (more, words) => {
    const { code, stderr } = await attach(...more, '-o', path('refused.onnx'))
    expect([code, stderr]).toEqual([2, expect.stringContaining(words)])
  })

  it('to stdout is refused: it is two files', async () => {
    const { code, stderr } = await attach('--train', 'sgd', '-o', '-')
    expect([code, stderr]).toEqual([2, expect.stringContaining('a step is two files')])
  })
})
