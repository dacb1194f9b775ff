import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type OracleResult, type ScaleResult, yoloLoss } from '../../../src/reference/oracle.js'
import {
  cases,
  type FixtureCase,
  type FixtureInputs,
  inputsOf,
  sourcesFrom,
} from '../../../src/verify/cases/make/cases.js'
import { rowsOf } from '../../../src/verify/cases/scene/rows.js'
import { cellsNearThreshold, settle } from '../../../src/verify/cases/scene/settle.js'
import { type Emulated, emulate, type Mutation, mutations } from './emulate.js'

const RELATIVE = 2e-6
const components = ['xy', 'wh', 'conf', 'class'] as const
const cocoPath = process.env.YOLO_LOSS_COCO ?? '../shared/data/coco_val2014_boxes.json'
const sources = sourcesFrom(cocoPath)
const available = cases.filter(({ name }) => name !== 'real-coco' || existsSync(cocoPath))
/** Cases that take the emulation milliseconds. */
const quick = available.filter(({ name }) => name !== 'real-coco')

const made = new Map<string, { inputs: FixtureInputs; oracle: OracleResult }>()
function make(fixture: FixtureCase) {
  const inputs = made.get(fixture.name)?.inputs ?? inputsOf(fixture, sources)
  const result = made.get(fixture.name) ?? { inputs, oracle: yoloLoss({ ...fixture.config, ...inputs }) }
  made.set(fixture.name, result)
  return result
}

const within = (got: number, expected: number, bound: number): boolean =>
  Number.isFinite(expected)
    ? Math.abs(got - expected) <= RELATIVE * Math.abs(expected) + bound
    : Object.is(got, expected)

/** Relative deviation; 0 for identical numbers, infinite ones included. */
const deviation = (got: number, expected: number): number =>
  Object.is(got, expected) ? 0 : Math.abs(got - expected) / Math.abs(expected)

/** Outputs beyond the tolerance of the fixtures. */
function deviations(got: Emulated, oracle: OracleResult): string[] {
  const parts = got.scales.flatMap((terms, l) =>
    components
      .filter((name) => !within(terms[name], oracle.scales[l]?.[name] ?? 0, oracle.scales[l]?.bound[name] ?? 0))
      .map((name) => `${name}_${l}`),
  )
  return within(got.loss, oracle.loss, 0) ? parts : ['loss', ...parts]
}

const caught = (fixture: FixtureCase, mutation: Mutation): string[] => {
  const { inputs, oracle } = make(fixture)
  return deviations(emulate(inputs, fixture.config, Math.fround, mutation), oracle)
}

/** One digest over all tensors; comparing millions of numbers one by one takes minutes. */
function digest({ logits, labels }: FixtureInputs): string {
  const hash = createHash('sha256')
  for (const { data } of [...logits, ...labels]) hash.update(data)
  return hash.digest('hex')
}

/** A case by its name. */
function named(name: string): FixtureCase {
  const found = cases.find((fixture) => fixture.name === name)
  if (!found) throw new Error(`no case ${name}`)
  return found
}

describe('fixture cases', () => {
  it('have unique kebab-case names', () => {
    expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length)
    for (const { name } of cases) expect(name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/)
  })

  it('stay below 25 MB together', () => {
    const bytes = available
      .flatMap((c) => [...make(c).inputs.logits, ...make(c).inputs.labels])
      .map((t) => t.data.byteLength)
    expect(bytes.reduce((a, b) => a + b)).toBeLessThan(20e6)
  })

  it.each(available)('$name is the same on every call', (fixture) => {
    const [first, second] = [make(fixture).inputs, inputsOf(fixture, sources)]
    expect(second.provenance).toEqual(first.provenance)
    expect(digest(second)).toBe(digest(first))
  })

  it.each(available.filter(({ atThreshold }) => !atThreshold))('$name keeps clear of the threshold', (fixture) => {
    expect([...cellsNearThreshold(make(fixture).inputs, fixture.config)]).toEqual([])
  })

  it('the real case says so when its boxes are absent', () => {
    expect(() => sourcesFrom('nowhere/boxes.json').coco()).toThrow(/not at nowhere\/boxes\.json/)
  })

  it.each(quick)('$name: the oracle agrees with loops written apart, in float64', (fixture) => {
    const { inputs, oracle } = make(fixture)
    const { loss, scales } = emulate(inputs, fixture.config, (x) => x)
    expect(deviation(loss, oracle.loss)).toBeLessThan(1e-11)
    for (const [l, terms] of scales.entries())
      for (const name of components)
        expect(deviation(terms[name], oracle.scales[l]?.[name] ?? Number.NaN)).toBeLessThan(1e-11)
  })

  it.each(quick)('$name: float32 stays within the tolerance', (fixture) => {
    const { inputs, oracle } = make(fixture)
    expect(deviations(emulate(inputs, fixture.config, Math.fround), oracle)).toEqual([])
  })

  it.each(quick)('$name: float32 moves no IoU beyond its margin', (fixture) => {
    const { inputs, oracle } = make(fixture)
    for (const [l, { bestIou }] of emulate(inputs, fixture.config, Math.fround).scales.entries())
      for (const [i, iou] of bestIou.entries()) {
        const scale = oracle.scales[l] as ScaleResult
        if (iou === scale.bestIou[i]) continue
        expect(iou).toBeGreaterThanOrEqual(scale.iouLow[i] as number)
        expect(iou).toBeLessThanOrEqual(scale.iouHigh[i] as number)
      }
  })

  it.each(mutations)('some case catches: %s', (mutation) => {
    expect(quick.filter((fixture) => caught(fixture, mutation).length > 0)).not.toEqual([])
  })

  it.each([
    ['iou-at-threshold', '<= for <'],
    ['cross-scale', 'boxes of other scales'],
    ['cross-image', 'boxes of other images'],
    ['divide-first', 'multiply first'],
    ['fractional-objectness', 'max(o, κ)'],
    ['fractional-objectness', 'o > 0'],
    ['background-minus-18', 'bare log'],
    ['threshold-0', 'no boxes as IoU 0'],
  ] as const)('%s is made to catch: %s', (name, mutation) => {
    expect(caught(named(name), mutation)).not.toEqual([])
  })

  it('fractional objectness meets both κ, below and above 1', () => {
    const { inputs, oracle } = make(named('fractional-objectness'))
    const kappas = oracle.scales.flatMap(({ ignoreMask }) => [...ignoreMask])
    const met = [...rowsOf(inputs)].map(({ labels }, i) => `${Math.fround(labels[4] ?? 0).toFixed(1)} κ=${kappas[i]}`)
    for (const o of ['0.4', '-1.0', '1.5', '0.3']) expect(met).toEqual(expect.arrayContaining([`${o} κ=0`, `${o} κ=1`]))
  })

  it('settle moves a prediction off the threshold', () => {
    const fixture = named('cross-image')
    const inputs = inputsOf(fixture, sources)
    const ious = yoloLoss({ ...fixture.config, ...inputs }).scales[1]?.bestIou ?? []
    const config = { ...fixture.config, ignoreThreshold: ious.find((iou) => iou > 0.1 && iou < 0.9) as number }
    expect(cellsNearThreshold(inputs, config).size).toBeGreaterThan(0)
    expect(settle(inputs, config)).toBeGreaterThan(0)
    expect(cellsNearThreshold(inputs, config).size).toBe(0)
  })
})
