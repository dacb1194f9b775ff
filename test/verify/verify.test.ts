import { rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { exitCodes, worstExit } from '../../src/io/exit.js'
import { float32 } from '../../src/io/tensor.js'
import { encodeModel } from '../../src/onnx/proto/encode.js'
import { verifyCase } from '../../src/verify/judge/verify.js'
import { renderReport } from '../../src/verify/report/text.js'
import { model, node, pair, sum, sumBytes, value } from '../runtime/models.js'
import { scratch, sumCase, writeSum } from './cases.js'

const root = await scratch()

describe('verifyCase', () => {
  it('passes a right answer, and says what ran', async () => {
    const report = await verifyCase(await writeSum(root, 'right'), { optimization: 'disabled' })
    expect(report).toMatchObject({ case: 'right', exitCode: 0, skipped: [] })
    expect(report.rows).toMatchObject([{ case: 'right', output: 'y', verdict: 'PASS', comparison: { compared: 2 } }])
    expect(report.header).toMatchObject({ irVersion: 8, opset: 17, provider: 'cpu', optimization: 'disabled' })
    expect(report.header?.sha256).toMatch(/^[0-9a-f]{64}$/)
    expect(report.header?.runtime).toMatch(/^\d+\.\d+/)
  })

  it('fails a wrong one with exit code 1', async () => {
    const dir = await writeSum(root, 'wrong', { outputs: [{ name: 'y', tensor: pair(11, 23) }] })
    const report = await verifyCase(dir)
    expect(report).toMatchObject({ exitCode: 1, rows: [{ verdict: 'FAIL', comparison: { mismatches: 1 } }] })
  })

  it('runs a given model in place of its own', async () => {
    const dir = await writeSum(root, 'other-model', { model: new Uint8Array() })
    const report = await verifyCase(dir, { model: { bytes: sumBytes, file: 'sum.onnx' } })
    expect(report).toMatchObject({ exitCode: 0, header: { file: 'sum.onnx' } })
  })

  const renamed = encodeModel(
    model({
      inputs: [value('x', 'B', 2), value('w', 'B', 2)],
      outputs: [value('y_', 'B', 2)],
      nodes: [node('Add', ['x', 'w'], 'y_')],
    }),
  )
  it('fails for missing and extra outputs, with a suggestion', async () => {
    const report = await verifyCase(await writeSum(root, 'renamed', { model: renamed }))
    expect(report.exitCode).toBe(1)
    expect(report.rows.map((r) => [r.output, r.verdict, r.problem?.message])).toEqual([
      ['y_', 'FAIL', 'the case holds no value for this output'],
      ['y', 'FAIL', 'the graph has no such output; did you mean "y_"?'],
    ])
  })

  it('skips outputs that the graph lacks on request, but never all of them', async () => {
    const outputs = [...sumCase.outputs, { name: 'extra', tensor: pair(1, 2) }]
    const some = await verifyCase(await writeSum(root, 'some', { outputs }), { absent: 'skip' })
    expect(some).toMatchObject({ exitCode: 0, skipped: ['extra'] })
    const two = encodeModel(
      model({
        inputs: [value('x', 'B', 2), value('w', 'B', 2)],
        outputs: [value('y', 'B', 2), value('grad', 'B', 2)],
        nodes: [node('Add', ['x', 'w'], 'y'), node('Sub', ['x', 'w'], 'grad')],
      }),
    )
    const more = await verifyCase(await writeSum(root, 'more', { model: two }), { absent: 'skip' })
    expect(more).toMatchObject({ exitCode: 6, skipped: [], uncompared: ['grad'] })
    expect(more.rows.map(({ output, verdict }) => [output, verdict])).toEqual([
      ['y', 'PASS'],
      ['grad', 'SKIP'],
    ])
    expect(renderReport([more])).toContain('INCOMPLETE: nothing to compare with for "grad"')
    const allowed = await verifyCase(await writeSum(root, 'allowed', { model: two }), {
      absent: 'skip',
      allowUncompared: true,
    })
    expect(allowed).toMatchObject({ exitCode: 0, uncompared: ['grad'] })
    const none = await verifyCase(await writeSum(root, 'none', { model: renamed }), { absent: 'skip' })
    expect(none.exitCode).toBe(1)
    expect(none.rows.map((row) => row.problem?.message)).toContain('not one output was compared')
  })

  it('never passes a case without outputs', async () => {
    const report = await verifyCase(await writeSum(root, 'no-outputs', { outputs: [] }))
    expect(report).toMatchObject({ exitCode: 1, rows: [{ verdict: 'FAIL' }] })
  })

  it.each([
    [
      'a misspelt input',
      { inputs: [{ name: 'X', tensor: pair(1, 2) }, ...sumCase.inputs.slice(1)] },
      'did you mean "x"?',
    ],
    ['an extra input', { inputs: [...sumCase.inputs, { name: 'mask', tensor: pair(1, 2) }] }, 'no input "mask"'],
    ['a missing input', { inputs: sumCase.inputs.slice(0, 1) }, 'no value for input "w"'],
    ['an empty model', { model: new Uint8Array() }, 'model.onnx: the file is empty'],
    [
      'a tolerance for no output',
      { tolerances: { rtol: 0, atol: 0, outputs: { z: { rtol: 1, atol: 1 } } } },
      '"outputs" names "z", which the case does not have',
    ],
    ['a margin for no mask', { info: { margin: { y: [0] } } }, '"margin" "y" must be a mask'],
  ])('makes %s a failed row with exit code 3', async (name, change, message) => {
    const report = await verifyCase(await writeSum(root, name.replaceAll(' ', '-'), change))
    expect(report).toMatchObject({ exitCode: 3, rows: [{ verdict: 'FAIL', output: '', problem: { exitCode: 3 } }] })
    expect(report.rows[0]?.problem?.message).toContain(message)
  })

  it('runs every data set, though one of them fails', async () => {
    const dir = await writeSum(root, 'sets', { inputs: sumCase.inputs.slice(0, 1) })
    await writeSum(root, 'spare')
    await rename(join(root, 'spare', 'test_data_set_0'), join(dir, 'test_data_set_1'))
    const report = await verifyCase(dir)
    expect(report.exitCode).toBe(3)
    expect(report.rows.map((r) => [r.case, r.output, r.verdict])).toEqual([
      ['sets/test_data_set_0', '', 'FAIL'],
      ['sets/test_data_set_1', 'y', 'PASS'],
    ])
  })

  it('makes a case that cannot be read a failed row', async () => {
    const dir = await writeSum(root, 'unreadable')
    await rm(join(dir, 'model.onnx'))
    expect((await verifyCase(dir)).rows[0]?.problem?.message).toContain('model.onnx: there is no such file')
    await writeFile(join(dir, 'case.json'), '7')
    expect(await verifyCase(dir)).toMatchObject({ exitCode: 3, case: 'unreadable' })
  })
})

describe('a graph and a fixture', () => {
  const config = { anchors: [[10, 13]], anchorMask: [[0]], classes: 80, ignoreThreshold: 0.5 }
  const made = (changed: object) =>
    encodeModel(sum({ metadata: { 'yolo_loss.config': JSON.stringify({ ...config, form: 'compact', ...changed }) } }))

  it('of one configuration go together', async () => {
    const dir = await writeSum(root, 'same', { model: made({}), info: { config } })
    expect((await verifyCase(dir)).exitCode).toBe(0)
  })

  it.each([
    ['anchors', { anchors: [[13, 10]] }, '"anchors" is [[13,10]] here and [[10,13]] there'],
    ['classes', { classes: 20 }, '"classes" is 20 here and 80 there'],
    ['ignoreThreshold', { ignoreThreshold: undefined }, '"ignoreThreshold" is nothing here and 0.5 there'],
    ['dtype', { dtype: 'float64' }, '"dtype" is "float64" here and "float32" there'],
    ['reduction', { reduction: 'sum' }, '"reduction" is "sum" here and "batch-mean" there'],
    ['normalizer', { normalizer: true }, '"normalizer" is true here and false there'],
    ['guard', { guard: true }, '"guard" is true here and false there'],
    [
      'weights',
      { weights: { xy: 1, wh: 1, conf: 2, class: 1 } },
      '"weights" is {"xy":1,"wh":1,"conf":2,"class":1} here and {"xy":1,"wh":1,"conf":1,"class":1} there',
    ],
  ])('that differ in %s are refused, with both values', async (key, changed, message) => {
    const dir = await writeSum(root, `other-${key}`, { model: made(changed), info: { config } })
    const report = await verifyCase(dir)
    expect(report).toMatchObject({ exitCode: 3, rows: [{ problem: { code: 'E_CONFIG_MISMATCH' } }] })
    expect(report.rows[0]?.problem?.message).toContain(message)
    expect(report.rows[0]?.problem?.message).toContain(`other-${key}`)
  })
})

describe('what a graph or a fixture does not say', () => {
  const config = { anchors: [[10, 13]], anchorMask: [[0]], classes: 80, ignoreThreshold: 0.5 }
  const made = (ours: object, semantics = 'a') =>
    encodeModel(sum({ metadata: { 'yolo_loss.config': JSON.stringify(ours), 'yolo_loss.semantics': semantics } }))

  it('is as by default, for a part of the weights too', async () => {
    const weights = { class: 1, conf: 2 }
    const ours = { ...config, weights: { xy: 1, wh: 1, conf: 2, class: 1 }, guard: false }
    const dir = await writeSum(root, 'defaults', { model: made(ours), info: { config: { ...config, weights } } })
    expect((await verifyCase(dir)).exitCode).toBe(0)
  })

  it('is not looked for in a configuration nested without end', async () => {
    const text = JSON.stringify(config).replace('[[10,13]]', `${'['.repeat(50_000)}${']'.repeat(50_000)}`)
    const deep = encodeModel(sum({ metadata: { 'yolo_loss.config': text } }))
    const report = await verifyCase(await writeSum(root, 'deep', { model: deep, info: { config } }))
    expect(report).toMatchObject({ exitCode: 3, rows: [{ problem: { code: 'E_CONFIG_MISMATCH' } }] })
    expect(report.rows[0]?.problem?.message).toContain('"anchors" is nested without end here')
  })

  it('of its semantics is refused only where the case assumes one', async () => {
    const dir = await writeSum(root, 'semantics', { model: made(config), info: { config } })
    expect((await verifyCase(dir)).exitCode).toBe(0)
    expect((await verifyCase(dir, { semantics: 'a' })).exitCode).toBe(0)
    const report = await verifyCase(dir, { semantics: 'b' })
    expect(report).toMatchObject({ exitCode: 3, rows: [{ problem: { code: 'E_CONFIG_MISMATCH' } }] })
    expect(report.rows[0]?.problem?.message).toContain('"yolo_loss.semantics" is "a" here and "b" there')
  })
})

describe('cells in the margin of the threshold', () => {
  const names = ['ignore_mask_0', 'ignore_0']
  const masks = encodeModel(
    model({
      inputs: [value('x', 'B', 2), value('s')],
      outputs: [value('ignore_mask_0', 'B', 2), value('ignore_0')],
      nodes: [node('Identity', ['x'], 'ignore_mask_0'), node('Identity', ['s'], 'ignore_0')],
    }),
  )
  const flipped = {
    model: masks,
    inputs: [
      { name: 'x', tensor: pair(1, 0) },
      { name: 's', tensor: float32([], [1]) },
    ],
    outputs: [
      { name: 'ignore_mask_0', tensor: pair(1, 1) },
      { name: 'ignore_0', tensor: float32([], [2]) },
    ],
  }

  it('are compared unless the case names them', async () => {
    const report = await verifyCase(await writeSum(root, 'flip', flipped))
    expect(report.rows.map((r) => [r.output, r.verdict])).toEqual(names.map((n) => [n, 'FAIL']))
  })

  it('are left out of the mask and widen its sum when the case names them', async () => {
    const report = await verifyCase(
      await writeSum(root, 'margin', { ...flipped, info: { margin: { ignore_mask_0: [1] } } }),
    )
    expect(report.rows).toMatchObject([
      { verdict: 'PASS', comparison: { compared: 1, exempt: 1 } },
      { verdict: 'PASS', tolerance: { atol: 1, source: 'margin/data.json, and 1 cells in the margin' } },
    ])
  })
})

describe('exit codes', () => {
  it('are the documented ones, of which the gravest wins, and an incomplete comparison last', () => {
    expect(Object.values(exitCodes)).toEqual([0, 1, 2, 3, 4, 5, 6, 70, 130])
    expect(worstExit([0, 3, 1])).toBe(3)
    for (const [i, code] of [130, 70, 5, 4, 3, 2, 1, 6, 0].entries())
      expect(worstExit([130, 70, 5, 4, 3, 2, 1, 6, 0].slice(i).toReversed())).toBe(code)
    expect(worstExit([])).toBe(0)
  })

  it('a provider that is not there concerns every case, and ends the run', async () => {
    const dir = await writeSum(root, 'gone')
    const run = verifyCase(dir, { provider: 'cuda' })
    const report = await run.catch((e: Error) => e)
    if (report instanceof Error) expect(report).toMatchObject({ name: 'ProviderError', exitCode: 4 })
    else expect(report.header?.provider).toBe('cuda')
  })
})
