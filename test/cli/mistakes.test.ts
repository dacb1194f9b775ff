import { writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import type { Tensor } from '../../src/io/tensor.js'
import { arrays, at, graph, labels, logits, save, text } from '../notes/cli.js'
import { yoloLossHere as yoloLoss } from '../support/cli.js'

const [coarse, fine] = labels as [Tensor<'float32'>, Tensor<'float32'>]
const dense = await graph('dense.onnx')
const fixed = await graph('fixed.onnx', { form: 'static', batch: 2, input: [96, 128] })

const bytes = async (name: string, content: Uint8Array | string): Promise<string> => {
  await writeFile(at(name), content)
  return at(name)
}

describe('a file of another kind in place of a model is told to be', () => {
  it.each([
    ['text', 'an export failed here\n', 'this is text, not ONNX'],
    ['JSON', '{"classes": 3}', 'this is JSON, not ONNX'],
    ['YAML', 'nc: 3\nnames: [a, b, c]\n', 'this is YAML, not ONNX'],
    ['a checkpoint of PyTorch', 'PK\u0003\u0004\u0000\u0000archive/data.pkl', 'this is a checkpoint of PyTorch'],
    ['an old checkpoint of PyTorch', Uint8Array.of(0x80, 2, 0x8a, 0x0a), 'this is a checkpoint of PyTorch'],
    ['HDF5 of Keras', Uint8Array.of(0x89, 0x48, 0x44, 0x46, 0x0d), 'this is HDF5, as Keras writes it'],
    ['TensorFlow Lite', Uint8Array.of(0x1c, 0, 0, 0, 0x54, 0x46, 0x4c, 0x33), 'this is a model of TensorFlow Lite'],
    ['arrays of NumPy', 'PK\u0003\u0004\u0000\u0000y_pred_0.npy', 'these are arrays of NumPy'],
  ])('%s', async (_, content, what) => {
    const file = await bytes('wrong.onnx', content)
    const run = await yoloLoss(['inspect', file])
    expect([run.code, run.stdout]).toEqual([3, ''])
    expect(run.stderr).toMatch(new RegExp(`^yolo-loss: .*wrong\\.onnx: ${what}\\n {2}hint: .+\\n$`))
  })

  it('but a model that is damaged is no text', async () => {
    const run = await yoloLoss(['inspect', await bytes('cut.onnx', Uint8Array.of(0x08, 0x08, 0x12, 0x20, 0x41))])
    expect(run.stderr).toContain('cut short')
  })
})

it('a checkpoint or a text in place of arrays', async () => {
  const checkpoint = await bytes('batch.npz', 'PK\u0003\u0004\u0000\u0000archive/data.pkl')
  expect((await yoloLoss(['eval', dense, checkpoint])).stderr).toMatch(
    /checkpoint of PyTorch\n {2}hint: .*numpy\.savez arrays/,
  )
  const csv = await bytes('batch.csv', '1,2,3\n')
  expect((await yoloLoss(['eval', dense, csv])).stderr).toMatch(
    /batch\.csv: this is text, not an array\n {2}hint: save arrays/,
  )
})

describe('a configuration that is no JSON is told to be', () => {
  it.each([
    [
      'YAML, by its text',
      'my.conf',
      'anchors: [[10, 13]]\nclasses: 3\n',
      'is YAML, not JSON',
      'write it as JSON: {"anchors"',
    ],
    ['YAML, by its name', 'my.yaml', '- 1\n', 'is YAML, not JSON', 'write it as JSON'],
    ['a Darknet file', 'net.txt', '[net]\nwidth=416\n', 'is a Darknet file, not JSON', 'a name that ends with .cfg'],
    ['Python', 'my.py', 'anchors = []\n', 'is code, not JSON', 'code is never run'],
  ])('%s', async (_, name, content, what, hint) => {
    const run = await yoloLoss(['export', '--config', await text(name, content), '-o', at('a.onnx')])
    expect([run.code, run.stderr]).toEqual([2, expect.stringContaining(`${name}" ${what}\n  hint: `)])
    expect(run.stderr).toContain(hint)
    expect(run.stderr).not.toMatch(/Symbol|Expected/)
  })
})

describe('arrays that the graph cannot take name the data file and what to do', () => {
  const nchw = (t: Tensor<'float32'>): Tensor<'float32'> => {
    const [b = 0, h = 0, w = 0, c = 0] = t.shape
    return { ...t, shape: [b, c, h, w] }
  }
  const double = (t: Tensor<'float32'>): Tensor => ({ ...t, dtype: 'float64', data: Float64Array.from(t.data) })
  const inShape = (t: Tensor<'float32'>, ...shape: number[]): Tensor<'float32'> => ({ ...t, shape })

  it.each([
    [
      'float64 where float32 is wanted',
      dense,
      { y_pred_0: double(logits[0] as Tensor<'float32'>) },
      ".astype('float32')",
    ],
    ['NCHW for NHWC', dense, { y_pred_0: nchw(logits[0] as Tensor<'float32'>) }, '--layout nchw'],
    ['scales fine to coarse', fixed, { y_pred_0: logits[1], y_pred_1: logits[0] }, 'give the coarsest scale first'],
    ['flat labels', dense, { y_true_0: inShape(coarse, 2, 36, 8) }, 'it is flat: array.reshape(B, h, w, 3, 8)'],
    ['flat labels of every scale', dense, { y_true_1: inShape(fine, 2, 6, 8, 24) }, 'it is flat: array.reshape'],
  ] as const)('%s', async (_, model, given, remedy) => {
    const file = await save('theirs.npz', arrays(given as Record<string, Tensor>))
    const run = await yoloLoss(['eval', model, file])
    expect([run.code, run.stderr]).toEqual([3, expect.stringContaining(`${file}: input "y_`)])
    expect(run.stderr).toContain(remedy)
    expect(run.stderr).not.toContain(`${model}:`)
  })
})
