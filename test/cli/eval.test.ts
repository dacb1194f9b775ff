import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { encodeNpz } from '../../src/io/arrays/npz.js'
import { float32, type Tensor } from '../../src/io/tensor.js'
import { resolveConfig } from '../../src/yolo/config/resolve.js'
import { assignTargets } from '../../src/yolo/labels/assign.js'
import { fixtures, graphBytes } from '../support/cases.js'
import { yoloLossHere as yoloLoss } from '../support/cli.js'
import { scratch } from '../verify/cases.js'

const root = await scratch()
const input = { preset: 'yolov3-voc', classes: 2 }
const graph = join(root, 'loss.onnx')
const diagnosed = join(root, 'diagnosed.onnx')
await writeFile(graph, graphBytes({ ...input, components: true }))
await writeFile(diagnosed, graphBytes({ ...input, diagnostics: true }))

const targets = assignTargets(float32([1, 1, 5], [10, 20, 60, 50, 1]), [64, 96], resolveConfig(input))
const arrays = (): Record<string, Tensor> =>
  Object.fromEntries([
    ...targets.map(({ shape: [b, h, w, a, d] }, l) => {
      const shape = [b, h, w, (a as number) * (d as number)] as number[]
      return [`y_pred_${l}`, float32(shape, Array(shape.reduce((n, x) => n * x)).fill(0))] as const
    }),
    ...targets.map((t, l) => [`y_true_${l}`, { ...t, data: t.data.slice() }] as const),
  ])

let count = 0
async function npz(change: (a: Record<string, Tensor>) => void = () => undefined): Promise<string> {
  const named = arrays()
  change(named)
  const file = join(root, `data${count++}.npz`)
  await writeFile(file, await encodeNpz(Object.entries(named).map(([name, tensor]) => ({ name, tensor }))))
  return file
}

/** Sets one number of an array. */
const set = (name: string, at: (t: Tensor) => number, value: number) => (a: Record<string, Tensor>) => {
  const tensor = a[name] as Tensor<'float32'>
  tensor.data[at(tensor)] = value
}

/** Start of the positive row; 7 numbers a row. */
const positive = ({ data }: Tensor): number => Math.floor((data as Float32Array).findIndex((x) => x !== 0) / 7) * 7
const scale = targets.findIndex(({ data }) => data.some((x) => x !== 0))
const labels = `y_true_${scale}`

describe('eval', () => {
  it('prints what print_loss prints, and every component', async () => {
    const { code, stdout } = await yoloLoss(['eval', graph, await npz()])
    expect(code).toBe(0)
    const lines = stdout.trim().split('\n')
    expect(lines.slice(0, 3).every((line) => /^loss: (\[[\d.e-]+\]){6}$/.test(line))).toBe(true)
    expect(stdout).toContain(`positives_${scale} = 1`)
    const whole = Number(/^loss = (.*)$/m.exec(stdout)?.[1])
    expect(Number(/\[([\d.]+)\]/.exec(lines[2] ?? '')?.[1])).toBeCloseTo(whole, 3)
  })

  it('takes a case folder too, and gives JSON', async () => {
    const dir = join(fixtures, 'zero-size')
    const run = await yoloLoss(['eval', join(dir, 'model.onnx'), dir, '--json'])
    expect(run.code).toBe(1)
    const result = JSON.parse(run.stdout) as Record<string, unknown>
    expect(result).toMatchObject({ schemaVersion: 1, outputs: { loss: 'Infinity' } })
    expect(result.findings).toContainEqual(expect.objectContaining({ kind: 'zero-size' }))
    const none = await yoloLoss(['eval', join(dir, 'model.onnx'), dir, '--set', '3'])
    expect(none).toMatchObject({ code: 3 })
    expect(none.stderr).toContain('there is no test_data_set_3')
  })

  it('tells how far down a loss can go', async () => {
    const { stdout } = await yoloLoss(['eval', diagnosed, await npz()])
    expect(stdout).toMatch(
      /no prediction can bring this loss below \d.*, the entropy of its labels; \d.* is left to learn/,
    )
  })

  it.each<[string, (a: Record<string, Tensor>) => void, string]>([
    [
      'a width of 0',
      set(labels, (t) => positive(t) + 2, 0),
      `loss is +inf because image 0, scale ${scale}, row 2, column 2, anchor 1 has a positive of width 0`,
    ],
    ['a negative height', set(labels, (t) => positive(t) + 3, -1), 'loss is NaN because image 0, scale'],
    ['a label that is NaN', set(labels, (t) => positive(t), Number.NaN), 'not finite: x of a label is NaN'],
    [
      'a logit that is NaN',
      set('y_pred_0', () => 4, Number.NaN),
      'loss is NaN because image 0, scale 0, row 0, column 0, anchor 0 has a value that is not finite: objectness of a logit',
    ],
  ])('explains %s, with exit code 1', async (_, change, message) => {
    const run = await yoloLoss(['eval', graph, await npz(change)])
    expect(run.stdout).toContain(message)
    expect(run).toMatchObject({ code: 1, stderr: '' })
  })

  it('takes float16 and other layouts in graphs made for them', async () => {
    const half = join(root, 'half.onnx')
    await writeFile(half, graphBytes({ ...input, dtype: 'float16', layout: 'nchw' }))
    const run = await yoloLoss([
      'eval',
      half,
      await npz((a) => {
        for (const [
          name,
          {
            shape: [b, h, w, d],
            data,
          },
        ] of Object.entries(a).filter(([n]) => n.startsWith('y_pred')))
          a[name] = { dtype: 'float16', shape: [b, d, h, w] as number[], data: new Uint16Array(data.length) }
        ;(a.y_pred_0 as Tensor).data[7] = 0x7e00 as never // entry 1, row 0, column 1
      }),
    ])
    expect(run.stdout).toContain(
      'scale 0, row 0, column 1, anchor 0 has a value that is not finite: y of a logit is NaN',
    )
  })

  it('says which image has more boxes than the static form takes', async () => {
    const fixed = join(root, 'static.onnx')
    await writeFile(fixed, graphBytes({ ...input, form: 'static', batch: 1, input: [64, 96], maxBoxes: 1 }))
    const second = (a: Record<string, Tensor>) => (a[labels] as Tensor<'float32'>).data.set([0.1, 0.1, 0.1, 0.1, 1])
    const run = await yoloLoss(['eval', fixed, await npz(second)])
    expect(run.stdout).toMatch(/loss is NaN because image 0, .* has more positives than the 1 boxes of the static form/)
    expect(run).toMatchObject({ code: 1 })
  })

  it('unpacks no more than it is allowed to', async () => {
    const run = await yoloLoss(['eval', graph, await npz(), '--max-unpacked', '0.01'])
    expect(run.stderr).toContain('more than the limit of 10485')
    expect(run).toMatchObject({ code: 3 })
  })

  it('gives a loss for an exact background, however extreme the logits (S10)', async () => {
    const run = await yoloLoss(['eval', graph, await npz((a) => {
      for (const [name, { data }] of Object.entries(a)) data.fill((name.startsWith('y_pred') ? -1e4 : 0) as never)
    })]) // biome-ignore format: one call
    expect(run).toMatchObject({ code: 0 })
    expect(run.stdout).toContain('loss = 0\n')
  })

  it.each<[string, (a: Record<string, Tensor>) => void, string]>([
    ['a misspelt name', (a) => rename(a, 'y_true_1', 'y_ture_1'), 'did you mean "y_true_1"?'],
    ['an array too few', (a) => void delete a.y_pred_2, 'no value for input "y_pred_2"'],
    [
      'an array too many',
      (a) => rename(a, undefined, 'weights'),
      'the model has neither an input nor an output "weights"',
    ],
    [
      'float64',
      (a) => void Object.assign(a, { y_pred_0: { ...a.y_pred_0, dtype: 'float64', data: new Float64Array(126) } }),
      'input "y_pred_0" is float64, and the model takes float32',
    ],
    [
      'float16',
      (a) => void Object.assign(a, { y_pred_0: { ...a.y_pred_0, dtype: 'float16', data: new Uint16Array(126) } }),
      'or export the graph with --dtype float16',
    ],
    [
      'channels for other classes',
      (a) => void Object.assign(a, { y_pred_0: float32([1, 2, 3, 255], Array(1530).fill(0)) }),
      'the model takes float32[B,h0,w0,21], got float32[1,2,3,255]',
    ],
    [
      'a rank too low',
      (a) => void Object.assign(a, { y_pred_0: float32([2, 3, 21], Array(126).fill(0)) }),
      'got float32[2,3,21]',
    ],
    [
      'labels of another grid',
      (a) => void Object.assign(a, { y_true_0: float32([1, 3, 2, 3, 7], Array(126).fill(0)) }),
      'got float32[1,3,2,3,7]',
    ],
    [
      'no image',
      (a) => {
        for (const [name, { shape }] of Object.entries(a)) a[name] = float32([0, ...shape.slice(1)], [])
      },
      'a batch of 0 images\n  hint: the mean over no image is 0/0',
    ],
    [
      'a grid without cells',
      (a) => {
        for (const [name, { shape }] of Object.entries(a)) a[name] = float32([1, 0, 0, ...shape.slice(3)], [])
      },
      '"y_pred_0" is [1,0,0,21]: a grid of 0 cells\n  hint: ',
    ],
  ])('refuses %s', async (_, change, message) => {
    const run = await yoloLoss(['eval', graph, await npz(change)])
    expect(run.stderr).toContain(message)
    expect(run).toMatchObject({ code: 3, stdout: '' })
  })

  it.each<[string, () => Promise<string[]>, string]>([
    ['a file that is no array', async () => [graph, graph], 'this is no NPY file'],
    ['a missing file', async () => [graph, join(root, 'none.npz')], 'there is no such file'],
    ['a folder without a case', async () => [graph, root], 'this is no test case'],
    ['arrays as the graph', async () => [await npz(), await npz()], 'these are arrays of NumPy'],
    ['an archive cut off', async () => [graph, await cutOff()], 'broken zip archive'],
  ])('refuses %s', async (_, args, message) => {
    const run = await yoloLoss(['eval', ...(await args())])
    expect(run.stderr).toContain(message)
    expect(run).toMatchObject({ code: 3, stdout: '' })
  })
})

function rename(arrays: Record<string, Tensor>, from: string | undefined, to: string): void {
  arrays[to] = arrays[from ?? 'y_true_0'] as Tensor
  if (from !== undefined) delete arrays[from]
}

async function cutOff(): Promise<string> {
  const file = await npz()
  await writeFile(file, (await readFile(file)).subarray(0, -50))
  return file
}
