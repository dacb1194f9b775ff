import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { encodeNpz } from '../../src/io/arrays/npz.js'
import type { Tensor } from '../../src/io/tensor.js'
import { encodeModel } from '../../src/onnx/proto/encode.js'
import { model, node, pair, sumBytes, value } from '../runtime/models.js'
import { yoloLossHere as yoloLoss } from '../support/cli.js'
import { scratch, writeSum } from '../verify/cases.js'

const root = await scratch()
const at = (name: string): string => join(root, name)

async function npz(name: string, arrays: Readonly<Record<string, Tensor>>): Promise<string> {
  await writeFile(at(name), await encodeNpz(Object.entries(arrays).map(([key, tensor]) => ({ name: key, tensor }))))
  return at(name)
}

const inputs = [value('x', 'B', 2), value('w', 'B', 2)]
const quotient = model({ inputs, outputs: [value('y', 'B', 2)], nodes: [node('Div', ['x', 'w'], 'y')] })
const [sumFile, quotientFile] = [at('sum.onnx'), at('quotient.onnx')]
await writeFile(sumFile, sumBytes)
await writeFile(quotientFile, encodeModel(quotient))
const predictions = await npz('predictions.npz', { x: pair(1, 2) })
const labels = await npz('labels.npz', { w: pair(10, 20), y: pair(11, 22) })
const test = await writeSum(root, 'case')

const hashOf = async (path: string) =>
  createHash('sha256')
    .update(await readFile(path))
    .digest('hex')
const keptInputs = async (dir: string): Promise<unknown> =>
  JSON.parse(await readFile(join(dir, 'case.json'), 'utf8')).provenance.inputs

describe('data of several files', () => {
  it('are evaluated', async () => {
    const { code, stdout } = await yoloLoss(['eval', sumFile, labels, predictions, '--json'])
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ outputs: { y: [11, 22] } })
  })

  it('are kept by record, which tells the files of the inputs; verify passes the case', async () => {
    const dir = at('kept')
    const run = await yoloLoss(['record', sumFile, '-o', dir, '--data', predictions, labels])
    expect(run).toMatchObject({ code: 0, stderr: `wrote ${dir} (1 outputs of sum.onnx on cpu)\n` })
    expect(await keptInputs(dir)).toEqual([
      { file: 'predictions.npz', sha256: await hashOf(predictions) },
      { file: 'labels.npz', sha256: await hashOf(labels) },
    ])
    expect(await yoloLoss(['verify', dir])).toMatchObject({ code: 0 })
  })

  it('are what diff runs both graphs on, whatever stands beside the first', async () => {
    const { code, stdout } = await yoloLoss(['diff', sumFile, quotientFile, '--data', predictions, '--data', labels])
    expect(code).toBe(1)
    expect(stdout).toContain('worst at [0,1]: ')
    expect(stdout).toContain('reads w float32[1,2] = 20 ')
  })
})

describe('the older spellings', () => {
  it('take a case before the model as before, and its files are told', async () => {
    const dir = at('from-case')
    expect(await yoloLoss(['record', '--inputs', test, sumFile, '-o', dir])).toMatchObject({ code: 0 })
    const names = [0, 1].map((i) => `test_data_set_0/input_${i}.pb`)
    const hashes = await Promise.all(names.map((name) => hashOf(join(test, name))))
    expect(await keptInputs(dir)).toEqual(names.map((name, i) => ({ file: `case/${name}`, sha256: hashes[i] })))
  })

  it('take one file of several too', async () => {
    const run = await yoloLoss(['diff', sumFile, sumFile, '--data', predictions, '--case', labels])
    expect(run).toMatchObject({ code: 0, stdout: expect.stringContaining('1 values compared, 0 differ') })
  })

  it('take the first of a folder of cases', async () => {
    await writeSum(at('many'), 'b', { inputs: [{ name: 'x', tensor: pair(7, 8) }] })
    await writeSum(at('many'), 'a')
    const run = await yoloLoss(['diff', sumFile, quotientFile, '--case', at('many')])
    expect(run.stdout).toContain('reads w float32[1,2] = 20 ')
  })
})

describe('data are refused', () => {
  it.each<[string, string[], number, string]>([
    ['twice', ['eval', sumFile, predictions, test], 3, 'input "x" is in '],
    ['too few', ['record', sumFile, '-o', at('none'), '--data', labels], 3, 'labels.npz: no value for input "x"'],
    [
      'too large',
      ['record', sumFile, '-o', at('none'), '--data', labels, '--max-unpacked', '0.0001'],
      3,
      'labels.npz: ',
    ],
    ['of no set', ['diff', sumFile, sumFile, '--data', test, '--set', '4'], 3, 'case: there is no test_data_set_4'],
    ['not given', ['record', sumFile, '-o', at('none')], 2, '"data" is missing: give --data FILE.npz, or --data CASE'],
  ])('%s', async (_, args, code, message) => {
    expect(await yoloLoss(args)).toMatchObject({ code, stderr: expect.stringContaining(message) })
  })
})
