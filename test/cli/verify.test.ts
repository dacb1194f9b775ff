import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { encodeModel } from '../../src/onnx/proto/encode.js'
import { endless, pair } from '../runtime/models.js'
import { fixtures, graphBytes } from '../support/cases.js'
import { command, yoloLoss, yoloLossHere } from '../support/cli.js'
import { scratch, sumCase, writeSum } from '../verify/cases.js'

const root = await scratch()
const good = join(root, 'good')
await writeSum(good, 'a')
const runCli = (...args: string[]) => yoloLoss(args)

describe('yolo-loss verify', () => {
  it('proves in its JSON where the nodes of a fixture ran', async () => {
    const { code, stdout } = await runCli('verify', join(fixtures, 'non-square'), '--json')
    const report = JSON.parse(stdout)
    expect([code, report.schemaVersion, report.passed, report.failed]).toEqual([0, 3, 25, 0])
    const { placement, runtime } = report.cases[0].header
    expect(runtime).toMatch(/^1\./)
    expect(placement).toMatchObject({ rule: 'listed', memcpy: 0, constant: false })
    expect(Object.keys(placement.nodes)).toEqual(['CPUExecutionProvider'])
    expect(placement.nodes.CPUExecutionProvider.length).toBeGreaterThan(300)
  })

  it('ends with the highest code: a hang fails its case with 5, and the others still run', async () => {
    const dir = join(root, 'hang')
    await writeSum(dir, 'a')
    await writeSum(dir, 'b', { model: encodeModel(endless), inputs: [] })
    await writeSum(dir, 'c', { outputs: [{ name: 'y', tensor: pair(11, 23) }] })
    const { code, stdout } = await runCli('verify', dir, '--timeout', '8')
    expect(code).toBe(5)
    expect(stdout).toMatch(/a +1\/1 .*PASS\nb +0\/1 .*FAIL\nc +0\/1 .*FAIL/)
    expect(stdout).toContain('not done after 8 s; its process was ended')
    expect(stdout).toMatch(/1 passed, 2 failed\n$/)
  })

  it('interrupted, ends with 130 and leaves nothing behind', async () => {
    const dir = join(root, 'interrupted')
    const temporary = join(root, 'temporary')
    await mkdir(temporary)
    await writeSum(dir, 'b', { model: encodeModel(endless), inputs: [] })
    const env = { ...process.env, TMPDIR: temporary }
    const child = spawn(process.execPath, [...command, 'verify', dir], { env, stdio: 'ignore' })
    const ours = () => readdirSync(temporary).filter((name) => name.startsWith('yolo-loss-'))
    await expect.poll(() => ours().length, { timeout: 20_000 }).toBe(1)
    child.kill('SIGINT')
    expect(await new Promise((done) => child.once('close', done))).toBe(130)
    expect(ours()).toEqual([])
  })

  it.each([
    [['--rtol', '-1'], '"-1" is no finite number of 0 or more'],
    [['--atol', 'y:1e400'], '"1e400" is no finite number of 0 or more'],
    [['--atol', 'y:nan'], '"nan" is no finite number'],
    [['--rtol', 'loss:1'], '--rtol "loss:1": no case has this output'],
    [['--ep', 'cpu,gpu'], '"gpu" is none of cpu, webgpu, cuda'],
    [['--timeout', '0'], '"0" is no number from 0.001 to 2147483'],
    [['--optimization', 'most'], 'Allowed choices are disabled, basic, extended, all'],
  ])('refuses %j with 2', async (flags, message) => {
    const { code, stderr } = await runCli('verify', good, ...flags)
    expect(stderr).toContain(message)
    expect(code).toBe(2)
  })

  it('takes tolerances from the command line, for one output or all', async () => {
    const dir = join(root, 'off')
    await writeSum(dir, 'a', { outputs: [{ name: 'y', tensor: pair(11, 22.01) }] })
    expect((await runCli('verify', dir)).code).toBe(1)
    const { code, stdout } = await runCli('verify', dir, '--rtol', 'y:1e-2', '--all')
    expect(stdout).toMatch(/a +y +cpu +0\/2 .* 0 +1e-2 +PASS/)
    expect(code).toBe(0)
  })

  it('fails empty outputs unless they are allowed', async () => {
    const dir = join(root, 'empty')
    const inputs = sumCase.inputs.map(({ name }) => ({ name, tensor: { ...pair(), shape: [0, 2] } }))
    await writeSum(dir, 'a', { inputs, outputs: [{ name: 'y', tensor: { ...pair(), shape: [0, 2] } }] })
    const refused = await runCli('verify', dir)
    expect(refused.stdout).toContain('not one element was compared')
    expect(refused.code).toBe(1)
    expect((await runCli('verify', dir, '--allow-empty')).code).toBe(0)
  })

  it('runs each case on each provider, and says what is missing for one that is not there', async () => {
    const { code, stdout } = await runCli('verify', good, '--ep', 'cpu,cuda')
    if (code === 0) return expect(stdout).toContain('cuda')
    expect(code).toBe(4)
    expect(stdout).toMatch(/a +1\/1/)
    expect(stdout).toMatch(/FAIL \(every case\) on cuda\n {2}execution provider cuda: not available: /)
  })

  it('with a provider alone that is not there ends with 4 and says why', async () => {
    const { code, stdout, stderr } = await runCli('verify', good, '--ep', 'cuda')
    if (code === 0) return
    expect([code, stdout]).toEqual([4, ''])
    expect(stderr).toContain('execution provider cuda: not available: ')
  })

  it('refuses a folder without cases', async () => {
    await mkdir(join(root, 'none'))
    await writeFile(join(root, 'none', 'x'), '')
    expect(await runCli('verify', join(root, 'none'))).toMatchObject({ code: 3, stdout: '' })
  })

  it('refuses a graph no case was made for, and tells what all of them have against it', async () => {
    const file = join(root, 'voc.onnx')
    await writeFile(file, graphBytes({ preset: 'yolov3-voc' }))
    const classes = await yoloLossHere(['verify', file, '--fixtures', fixtures])
    expect(classes).toMatchObject({ code: 3, stdout: '' })
    expect(classes.stderr).toMatch(/none of the 47 cases in fixtures was made for its configuration\n/)
    expect(classes.stderr).toMatch(/\n {2}"classes" is 20, but .*80 in 2\b/)
    await writeFile(file, graphBytes({ preset: 'yolov3-coco', weights: { conf: 2 } }))
    const weights = await yoloLossHere(['verify', file, '--fixtures', join(fixtures, 'real-coco')])
    expect(weights.stderr).toContain('none of the 1 cases')
    expect(weights.stderr).toContain('"conf":2,"class":1}, but {"xy":1,"wh":1,"conf":1,"class":1} in 1')
  })

  it('computes the outputs of a graph that no case has', async () => {
    const [file, dir] = [join(root, 'gradients.onnx'), join(fixtures, 'two-boxes-one-cell')]
    const { config } = JSON.parse(await readFile(join(dir, 'case.json'), 'utf8'))
    await writeFile(file, graphBytes({ ...config, gradients: true, diagnostics: true }))
    const run = await runCli('verify', file, '--fixtures', dir, '--all')
    expect(run.stdout).toMatch(/grad_y_pred_0 +cpu +0\/\d+ .*PASS/)
    expect(run.stdout).toMatch(/entropy_floor +cpu +0\/1 .*PASS/)
    expect(run.code).toBe(0)
  })

  it('without a folder of cases says how to name one', async () => {
    const run = await yoloLossHere(['verify', '--fixtures', join(root, 'nowhere')])
    expect(run).toMatchObject({ code: 3, stdout: '' })
    expect(run.stderr).toContain('nowhere: there is no such folder of cases\n  hint: name one with --fixtures DIR')
  })
})
