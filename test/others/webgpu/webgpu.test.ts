import { cp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { encodeModel } from '../../../src/onnx/proto/encode.js'
import type { CaseReport } from '../../../src/verify/judge/result.js'
import { model, node, pair, typed, value } from '../../runtime/models.js'
import { boxCaseNames, caseNames, fixtures, graphBytes, semanticsCaseNames } from '../../support/cases.js'
import { yoloLoss } from '../../support/cli.js'
import { scratch, writeSum } from '../../verify/cases.js'

const root = await scratch()
const webgpu = 'WebGpuExecutionProvider'
const cpu = 'CPUExecutionProvider'
const names = [...caseNames, ...boxCaseNames].sort()

/** The fixtures in the form that the provider takes whole; run once, looked at from several sides. */
const { code, stdout } = await yoloLoss(['verify', '--fixtures', fixtures, '--ep', 'cpu,webgpu', '--json'])
const report: { passed: number; failed: number; cases: CaseReport[] } = JSON.parse(stdout)
const on = (provider: string) => report.cases.filter((c) => c.provider === provider)

describe('the fixtures on the WebGPU provider, on a software driver', () => {
  it('all pass, as on the CPU', () => {
    const failures = report.cases.flatMap((c) => c.rows).filter((r) => r.verdict === 'FAIL')
    expect(failures).toEqual([])
    expect([code, report.failed]).toEqual([0, 0])
    for (const provider of ['cpu', 'webgpu'])
      expect(
        on(provider)
          .map((c) => c.case)
          .sort(),
      ).toEqual([...names, ...semanticsCaseNames].sort())
  })

  it.each(names)('%s runs whole on the provider, by the runtime’s own profile', (name) => {
    const { header } = on('webgpu').find((c) => c.case === name) as CaseReport
    expect(header?.placement).toMatchObject({ rule: 'strict', memcpy: 0, constant: false })
    expect(Object.keys(header?.placement?.nodes ?? {})).toEqual([webgpu])
    expect(header?.placement?.nodes[webgpu]?.length).toBeGreaterThan(100)
  })

  it('are called a result of software, and say what tolerance they were given', () => {
    for (const { header, rows } of on('webgpu')) {
      expect(header?.device).toBe('software Vulkan driver, no GPU')
      for (const row of rows) expect(row.tolerance?.source).toMatch(/data\.json.*, ×10 for webgpu$/)
    }
  })
})

it('a graph passes on cases made for its configuration, ties included', async () => {
  const file = join(root, 'own.onnx')
  const config = { preset: 'yolov3-coco', classes: 3, form: 'static', batch: 2, input: [64, 128], maxBoxes: 40 }
  await writeFile(file, graphBytes({ ...config, components: true, masks: true, gradients: true }))
  const run = await yoloLoss(['verify', file, '--ep', 'webgpu'])
  expect(run.stdout).toMatch(/ passed, 0 failed\n$/)
  expect(run.code).toBe(0)
})

/** A graph with a node for which the provider has no kernel. */
const mixed = encodeModel(
  model({
    inputs: [value('x', 1, 2)],
    outputs: [value('y', 1, 2), typed('int64', 'places', 2, 'T')],
    nodes: [node('Exp', ['x'], 'y'), node('NonZero', ['y'], 'places')],
  }),
)
const places = { dtype: 'int64', shape: [2, 2], data: BigInt64Array.of(0n, 0n, 0n, 1n) } as const
const negative = await writeSum(root, 'negative', {
  model: mixed,
  inputs: [{ name: 'x', tensor: pair(0, 0) }],
  outputs: [
    { name: 'y', tensor: pair(1, 1) },
    { name: 'places', tensor: places },
  ],
})

describe('a node that the provider cannot run', () => {
  it('fails the run and is named', async () => {
    const { code, stdout } = await yoloLoss(['verify', negative, '--ep', 'webgpu'])
    expect(code).toBe(4)
    expect(stdout).toContain('would run elsewhere:\n  n/places (NonZero, CPUExecutionProvider)')
    expect(stdout).toContain('--allow-fallback')
  })

  it('is listed where the fallback is allowed', async () => {
    const { code, stdout } = await yoloLoss(['verify', negative, '--ep', 'webgpu', '--allow-fallback', '--json'])
    expect(code).toBe(0)
    const { placement } = JSON.parse(stdout).cases[0].header
    expect(placement).toMatchObject({ rule: 'listed', nodes: { [webgpu]: ['n/y'], [cpu]: ['n/places'] } })
    expect(placement.memcpy).toBeGreaterThan(0)
  })

  it('does not pass for the provider when it is the only one', async () => {
    const only = encodeModel(
      model({
        inputs: [value('x', 1, 2)],
        outputs: [typed('int64', 'places', 2, 'T')],
        nodes: [node('NonZero', ['x'], 'places')],
      }),
    )
    const change = {
      model: only,
      inputs: [{ name: 'x', tensor: pair(1, 1) }],
      outputs: [{ name: 'places', tensor: places }],
    }
    const dir = await writeSum(root, 'only', change)
    const { code, stdout } = await yoloLoss(['verify', dir, '--ep', 'webgpu', '--allow-fallback'])
    expect(stdout).toContain('not one node ran on webgpu: all 1 on CPUExecutionProvider')
    expect(code).toBe(4)
  })
})

describe('the compact form', () => {
  it('lists the nodes of its shape arithmetic on the CPU', async () => {
    const { code, stdout } = await yoloLoss(['verify', join(fixtures, 'non-square'), '--ep', 'webgpu'])
    expect(stdout).toMatch(/nodes on CPUExecutionProvider, \d+ copies between devices \(on the CPU: .*NonZero \d+/)
    expect(code).toBe(0)
  })
})

describe('a Softplus, which has no tail there', () => {
  it('is named by layerwise, and fails alone as well', async () => {
    const tail = encodeModel(
      model({
        inputs: [value('x', 1, 2)],
        outputs: [value('z', 1, 2)],
        nodes: [node('Neg', ['x'], 'y'), node('Softplus', ['y'], 's'), node('Abs', ['s'], 'z')],
        values: [value('y', 1, 2), value('s', 1, 2)],
      }),
    )
    const small = pair(Math.log1p(Math.exp(-18)), Math.log1p(Math.exp(-20)))
    const dir = await writeSum(root, 'tail', {
      model: tail,
      inputs: [{ name: 'x', tensor: pair(18, 20) }],
      outputs: [{ name: 'z', tensor: small }],
      tolerances: { rtol: 1e-5, atol: 0 },
    })
    const repro = join(root, 'repro')
    const { code, stdout } = await yoloLoss(['verify', dir, '--ep', 'cpu,webgpu', '--layerwise', '--repro', repro])
    expect(code).toBe(1)
    expect(stdout).toContain('first divergence: n/s (Softplus)')
    expect(stdout).toContain('run alone on the same inputs it differs as well')
    expect(JSON.parse(await readFile(join(repro, 'case.json'), 'utf8')).title).toContain('n/s')
    expect((await yoloLoss(['verify', repro, '--ep', 'webgpu'])).code).toBe(1)
    expect((await yoloLoss(['verify', repro, '--ep', 'cpu'])).code).toBe(0)
  })
})

describe('rounding that a difference of near numbers enlarges', () => {
  it('is no divergence', async () => {
    const folder = join(root, 'one')
    await cp(join(fixtures, 'non-square'), join(folder, 'non-square'), { recursive: true })
    const args = ['verify', '--fixtures', folder, '--ep', 'cpu,webgpu', '--layerwise']
    const { code, stdout } = await yoloLoss(args)
    expect(stdout).toMatch(/^non-square: cpu\/disabled against webgpu\/disabled: \d+ values compared/)
    expect(stdout).not.toContain('first divergence')
    expect(code).toBe(0)
  })
})
