import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { decodeNpz, encodeNpz } from '../../src/io/arrays/npz.js'
import { float32, type Tensor } from '../../src/io/tensor.js'
import { tinyConfig } from '../attach/detector.js'
import { fixtures } from '../support/cases.js'
import { yoloLossHere as yoloLoss } from '../support/cli.js'
import { scratch } from '../verify/cases.js'

const root = await scratch()
const at = (name: string) => join(root, name)
const check = (...args: string[]) => yoloLoss(['check', ...args])
const arraysIn = async (file: string) => decodeNpz(readFileSync(file), file)

writeFileSync(at('tiny.json'), JSON.stringify(tinyConfig))
await yoloLoss(['export', '--config', at('tiny.json'), '--components', '--masks', '--gradients', '-o', at('loss.onnx')])
const keep = (folder: string, ...more: string[]) =>
  yoloLoss(['verify', at('loss.onnx'), '--random', '2', '--keep', at(folder), ...more])
const kept = await keep('kit', '--npz')
const cases = ['0-0', '0-1']
const expected = await arraysIn(at('kit/0-0/expected.npz'))

/** Writes results of each case: what is expected, changed. */
async function results(folder: string, change: (arrays: Map<string, Tensor>, name: string) => void = () => {}) {
  mkdirSync(at(folder), { recursive: true })
  for (const name of cases) {
    const arrays = await arraysIn(at(`kit/${name}/expected.npz`))
    change(arrays, name)
    writeFileSync(at(`${folder}/${name}.npz`), await encodeNpz(Object.fromEntries(arrays)))
  }
  return at(folder)
}

describe('verify --keep --npz', () => {
  it('writes inputs, expected outputs and configuration of each case as archives', async () => {
    expect(kept.code).toBe(0)
    for (const name of cases)
      expect(readdirSync(at(`kit/${name}`))).toEqual(expect.arrayContaining(['inputs.npz', 'expected.npz', 'config.npz', 'model.onnx'])) // biome-ignore format: one row
    const inputs = await arraysIn(at('kit/0-0/inputs.npz'))
    expect([...inputs.keys()]).toEqual(['y_pred_0', 'y_pred_1', 'y_true_0', 'y_true_1'])
    expect([...expected.keys()]).toEqual(expect.arrayContaining(['loss', 'xy_0', 'ignore_mask_1', 'grad_y_pred_1']))
    const config = await arraysIn(at('kit/0-0/config.npz'))
    expect([...config.keys()]).toEqual(['anchors', 'anchor_mask_0', 'anchor_mask_1', 'classes', 'ignore_threshold'])
    expect(config.get('anchors')).toMatchObject({ dtype: 'float32', shape: [tinyConfig.anchors.length, 2] })
    expect(config.get('ignore_threshold')?.data[0]).toBe(0.5)
  })

  it('writes equal bytes again', async () => {
    const files = () => cases.flatMap((name) => ['inputs', 'expected', 'config'].map((file) => readFileSync(at(`kit/${name}/${file}.npz`)))) // biome-ignore format: one row
    const before = files()
    await keep('kit', '--npz')
    expect(files()).toEqual(before)
  })

  it('takes the archives of an earlier writing away where there are none now', async () => {
    await keep('other', '--npz')
    await keep('other')
    expect(readdirSync(at('other/0-0')).filter((name) => name.endsWith('.npz'))).toEqual([])
  })

  it('takes the place of no archives that it has not made', async () => {
    mkdirSync(at('own/0-1'), { recursive: true })
    writeFileSync(at('own/0-1/inputs.npz'), 'of somebody')
    const { code, stderr } = await keep('own', '--npz')
    expect([code, stderr]).toEqual([3, expect.stringContaining('holds a case that --keep has not made')])
    expect(readFileSync(at('own/0-1/inputs.npz'), 'utf8')).toBe('of somebody')
  })

  it('makes archives of fixtures too, by their names', async () => {
    const args = ['--fixtures', join(fixtures, 'tiny-345-012'), '--keep', at('fixtures'), '--npz']
    expect((await yoloLoss(['verify', ...args])).code).toBe(0)
    expect(readdirSync(at('fixtures'))).toEqual(['tiny-345-012'])
    const ours = await check(at('fixtures'), at('fixtures/tiny-345-012'), '-q')
    expect(ours.stdout).toContain('MISSING "tiny-345-012.npz"')
    const { code, stdout } = await check(join(fixtures, 'tiny-345-012'), at('fixtures/tiny-345-012/expected.npz'), '-q')
    expect([code, stdout]).toEqual([0, '17 passed, 0 failed\n'])
  })

  it('is refused without --keep, and for cases that are kept already', async () => {
    expect(await yoloLoss(['verify', at('loss.onnx'), '--npz'])).toMatchObject({ code: 2, stderr: expect.stringContaining('add --keep') }) // biome-ignore format: one row
    expect(await yoloLoss(['verify', at('kit'), '--keep', at('again')])).toMatchObject({ code: 2, stderr: expect.stringContaining('kept already') }) // biome-ignore format: one row
  })
})

describe('a kit of another configuration', () => {
  it.each([
    ['labels of boxes, some of them refused', '--labels boxes --diagnostics', '-k no-width'],
    ['channels first', '--layout nchw', '--random 1'],
    ['float64', '--dtype float64', '--random 1'],
    ['float16', '--dtype float16', '--random 1'],
    ['a loss of each image', '--reduction none', '--random 1'],
    ['a decoded head', '--graph head', '--random 1'],
  ])('of %s passes by what it expects itself', async (title, options, cases) => {
    const [graph, kit, own] = ['onnx', 'kit', 'own'].map((what) => at(`${title}.${what}`)) as [string, string, string]
    const more = options.includes('head') ? [] : ['--components', '--masks', '--gradients']
    const args = ['--config', at('tiny.json'), ...options.split(' '), ...more, '-o', graph]
    expect((await yoloLoss(['export', ...args])).code).toBe(0)
    expect((await yoloLoss(['verify', graph, ...cases.split(' '), '--keep', kit, '--npz'])).code).toBe(0)
    mkdirSync(own)
    for (const name of readdirSync(kit)) copyFileSync(join(kit, name, 'expected.npz'), join(own, `${name}.npz`))
    const { code, stdout } = await check(kit, own, '-q')
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^[1-9]\d* passed, 0 failed\n$/)])
  })
})

describe('check', () => {
  it('passes a folder of right results, and one file of them', async () => {
    const folder = await results('right')
    const all = await check(at('kit'), folder)
    expect([all.code, all.stderr]).toEqual([0, ''])
    expect(all.stdout).toMatch(/^0-1 +17\/17 +0 +0 +0 +PASS$/m)
    expect(all.stdout).toMatch(/34 passed, 0 failed\n$/)
    for (const one of [folder, join(folder, '0-1.npz')])
      expect((await check(at('kit/0-1'), one)).stdout).toMatch(/17 passed, 0 failed\n$/)
  })

  it('names the first difference: array, index, cell, both numbers and the bound', async () => {
    const folder = await results('off', (arrays) => {
      const { shape, data } = arrays.get('grad_y_pred_1') as Tensor<'float32'>
      arrays.set('grad_y_pred_1', float32(shape, data.with(30, 0.125)))
    })
    const { code, stdout } = await check(at('kit/0-0'), join(folder, '0-0.npz'))
    expect(code).toBe(1)
    expect(stdout).toMatch(
      /FAIL 0-0, grad_y_pred_1: 1 of \d+ numbers differ, first at \[0,0,1,9\] \(scale 1, image 0, row 0, column 1, anchor 1, h?w?\w*( \d)?\)/,
    )
    expect(stdout).toMatch(/yours 0\.125, the reference’s \S+: off by \S+, \S+ allowed \(float64 reference\)/)
  })

  it('says exactly what to add to partial results, with types and shapes', async () => {
    const folder = await results('part', (arrays) => ['grad_y_pred_0', 'ignore_0'].map((name) => arrays.delete(name)))
    const one = await check(at('kit/0-0'), folder)
    expect(one.code).toBe(1)
    expect(one.stdout).toContain(`MISSING 0-0: add to ${join(folder, '0-0.npz')}`)
    expect(one.stdout).toMatch(/^ {2}ignore_0 {7}float32\[\]$/m)
    expect(one.stdout).toContain(`  grad_y_pred_0  float32[${expected.get('grad_y_pred_0')?.shape}]`)
    expect(one.stdout).toMatch(/15 passed, 0 failed, 2 missing\n$/)
    const both = await check(at('kit'), folder)
    expect(both.stdout).toContain('MISSING in "0-0", "0-1": "ignore_0", "grad_y_pred_0"')
  })

  it('names cases without results, and results without a case', async () => {
    mkdirSync(at('few'))
    for (const name of ['0-0', 'elsewhere'])
      writeFileSync(at(`few/${name}.npz`), readFileSync(at('kit/0-0/expected.npz')))
    const { code, stdout } = await check(at('kit'), at('few'))
    expect(code).toBe(1)
    expect(stdout).toContain('MISSING "0-1.npz": there are no results for these cases')
    expect(stdout).toContain('not compared, as they are of no case: "elsewhere.npz"')
    const only = await check(at('kit'), at('few'), '-k', '0-0')
    expect([only.code, only.stdout]).toEqual([6, expect.stringContaining('let it pass: --allow-uncompared')])
    expect((await check(at('kit'), at('few'), '-k', '0-0', '--allow-uncompared')).code).toBe(0)
  })

  it('takes a file that cannot be read for a failure of its case alone', async () => {
    const folder = await results('broken')
    writeFileSync(join(folder, '0-0.npz'), 'loss = 1')
    const { code, stdout } = await check(at('kit'), folder)
    expect([code, stdout]).toEqual([3, expect.stringMatching(/FAIL 0-0: .*0-0\.npz/)])
    expect(stdout).toMatch(/^0-1 .*PASS$/m)
    expect(await check(at('kit/0-0'), join(folder, '0-0.npz'))).toMatchObject({ code: 3, stdout: '' })
  })

  it('names the shape that is expected, and what brings an array into it', async () => {
    const folder = await results('nchw', (arrays) => {
      const { shape, ...rest } = arrays.get('grad_y_pred_0') as Tensor<'float32'>
      const [b = 0, h = 0, w = 0, c = 0] = shape
      arrays.set('grad_y_pred_0', { ...rest, shape: [b, c, h, w] })
    })
    const { stdout } = await check(at('kit/0-0'), folder)
    const [b, h, w, c] = expected.get('grad_y_pred_0')?.shape ?? []
    expect(stdout).toContain(`expected float32[${b},${h},${w},${c}], got float32[${b},${c},${h},${w}]`)
    expect(stdout).toContain('its axes are in the order of nchw: array.transpose(0, 2, 3, 1)')
  })

  it('takes results in float64, and says so', async () => {
    const folder = await results('wide', (arrays) => {
      for (const [name, { shape, data }] of arrays)
        arrays.set(name, { dtype: 'float64', shape, data: Float64Array.from(data as Float32Array) })
    })
    const { code, stdout } = await check(at('kit'), folder)
    expect([code, stdout]).toEqual([0, expect.stringContaining('float64 where the case has float32, compared by value: "loss"')]) // biome-ignore format: one row
  })

  it('takes names of one’s own', async () => {
    const folder = await results('named', (arrays) => {
      arrays.set('total', arrays.get('loss') as Tensor)
      arrays.delete('loss')
    })
    expect((await check(at('kit'), folder)).stdout).toContain('MISSING in "0-0", "0-1": "loss"')
    expect((await check(at('kit'), folder, '--outputs', 'total=loss')).code).toBe(0)
    const twice = await check(at('kit/0-0'), folder, '--outputs', 'total=xy_0')
    expect([twice.code, twice.stdout]).toEqual([3, expect.stringContaining('two arrays are "xy_0"')])
  })

  it('tells what --arrays leaves out', async () => {
    const folder = await results('loss', (arrays) => {
      for (const name of [...arrays.keys()]) if (name !== 'loss') arrays.delete(name)
    })
    const { code, stdout } = await check(at('kit'), folder, '--arrays', 'loss')
    expect([code, stdout]).toEqual([0, expect.stringContaining('not compared, as --arrays leaves them out: "xy_0"')])
    expect(stdout).toMatch(/2 passed, 0 failed, 32 not compared\n$/)
    const unknown = await results('unknown', (arrays) => void arrays.set('mine', float32([1], [0])))
    const told = await check(at('kit'), unknown)
    expect([told.code, told.stdout]).toEqual([6, expect.stringContaining('INCOMPLETE: not compared: the reference has no "mine" (let it pass')]) // biome-ignore format: one row
    expect(await check(at('kit'), folder, '--arrays', 'lss')).toMatchObject({ code: 2, stderr: expect.stringContaining('no array has this in its name') }) // biome-ignore format: one row
  })

  it('fails a case of which --arrays asks for nothing', async () => {
    const folder = await results('one', (arrays, name) => {
      if (name === '0-0') arrays.set('mine', float32([1], [0]))
    })
    const { code, stdout } = await check(at('kit'), folder, '--arrays', 'mine')
    expect([code, stdout]).toEqual([1, expect.stringContaining('FAIL "0-1": no array has in its name what --arrays asks for')]) // biome-ignore format: one row
  })

  it('reports in JSON', async () => {
    const folder = await results('json', (arrays, name) => {
      if (name === '0-0') arrays.delete('loss')
      else arrays.set('loss', float32([], [Number.NaN]))
    })
    const { code, stdout } = await check(at('kit'), folder, '--json')
    const report = JSON.parse(stdout)
    expect([code, report.verdict, report.exitCode]).toEqual([1, 'fail', 1])
    expect(report).toMatchObject({ schemaVersion: 1, passed: 32, failed: 1, missing: 1, unknown: 0, left: 0, strangers: [] }) // biome-ignore format: one row
    const [first, second] = report.cases
    expect(first.rows[0]).toEqual({ output: 'loss', verdict: 'MISSING', wanted: { dtype: 'float32', shape: [] } })
    expect(second.rows[0].comparison.first[0]).toMatchObject({ index: [], got: 'NaN' })
  })

  it('refuses what leads nowhere', async () => {
    const folder = await results('there')
    const nowhere = await check(at('nowhere'), folder)
    expect([nowhere.code, nowhere.stderr]).toEqual([3, expect.stringContaining('there is no such folder of cases')])
    expect((await check(folder, folder)).stderr).toContain('holds no case')
    const one = await check(at('kit'), join(folder, '0-0.npz'))
    expect([one.code, one.stderr]).toEqual([2, expect.stringContaining('is no folder, and')])
    expect((await check(at('kit'), folder, '-k', 'x')).stderr).toContain('no case has this in its name')
    expect((await check(at('kit'), folder, '--rtol', 'lss:1')).stderr).toContain('did you mean "loss"?')
    expect(await check(at('kit/0-0'), at('no.npz'))).toMatchObject({ code: 3, stderr: expect.stringContaining('there is no such file') }) // biome-ignore format: one row
  })
})
