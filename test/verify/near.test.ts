import { describe, expect, it } from 'vitest'
import type { Tensor } from '../../src/io/tensor.js'
import { decodeModel, encodeForeign } from '../../src/onnx/proto/codec.js'
import { type OracleInput, yoloLoss } from '../../src/reference/oracle.js'
import { evaluateModel } from '../../src/runtime/session.js'
import { caseConfig } from '../../src/verify/cases/caseconfig.js'
import type { TestCase } from '../../src/verify/cases/testcase.js'
import { verifyCase } from '../../src/verify/judge/verify.js'
import { configOf, graphBytes, readFixture } from '../support/cases.js'

const fixture = await readFixture('cross-image')
const inputs = fixture.dataSets[0]?.inputs ?? []
const feeds = Object.fromEntries(inputs.map(({ name, tensor }) => [name, tensor as Tensor]))
const config = caseConfig(configOf(fixture)) as NonNullable<ReturnType<typeof caseConfig>>
const grids = (prefix: string) => config.anchorMask.map((_, l) => feeds[`${prefix}_${l}`] as Tensor<'float32'>)
const oracle = (θ: number) =>
  yoloLoss({ ...config, ignoreThreshold: θ, logits: grids('y_pred'), labels: grids('y_true') } as OracleInput)

/** A background cell of scale 1 whose best IoU is made the threshold. */
const scale = 1
const best = oracle(0.5).scales[scale]?.bestIou as Float64Array
const place = best.findIndex(
  (iou, i) => iou > 0.1 && iou < 0.9 && (grids('y_true')[scale]?.data[i * 10 + 4] ?? 1) === 0,
)
const θ = best[place] as number

/** Less than float32 can tell apart there, and yet on either side of the cell. */
const δ = 5e-7
const options = (threshold: number, masks: boolean) => ({
  ...configOf(fixture),
  ignoreThreshold: threshold,
  components: true,
  masks,
})

/** The graph without its configuration, so that it is not refused for a case of another threshold. */
function anonymous(bytes: Uint8Array): Uint8Array {
  return encodeForeign({ ...decodeModel(bytes, 'm'), metadataProps: [] })
}

async function caseAt(threshold: number, masks: boolean): Promise<TestCase> {
  const outputs = await evaluateModel(graphBytes(options(threshold, masks)), feeds)
  const set = { name: 'test_data_set_0', inputs, outputs: [...outputs].map(([name, tensor]) => ({ name, tensor })) }
  return {
    name: 'near',
    dir: '/none',
    info: { config: { ...(configOf(fixture) as object), ignoreThreshold: θ } },
    tolerances: { standard: { rtol: 2e-6, atol: 1e-7, source: 'test' }, outputs: new Map() },
    dataSets: [set],
  }
}

const model = (masks: boolean) => ({ bytes: anonymous(graphBytes(options(θ - δ, masks))), file: 'graph' })

describe('a cell that rounding puts on the other side of the threshold', () => {
  it('is listed with what it does to the confidence term, which explains the difference exactly', async () => {
    const above = await caseAt(θ + δ, true)
    const report = await verifyCase(above, { model: model(true) })
    expect(report.rows.filter((r) => r.verdict === 'FAIL')).toEqual([])
    const flipped = report.near.filter((cell) => cell.flipped)
    expect(flipped).toHaveLength(1)
    expect(flipped[0]).toMatchObject({ scale, bestIou: θ, maskChange: -1 })
    const row = report.rows.find((r) => r.output === 'conf_1')
    expect(row?.explained).toMatch(/^1 of \d+ cells at the threshold change it by \d/)
    expect(report.rows.find((r) => r.output === 'ignore_mask_1')?.explained).toMatch(
      /cells at the threshold change it by 1$/,
    )
  })

  it('is a failure on request', async () => {
    const report = await verifyCase(await caseAt(θ + δ, true), { model: model(true), strictThreshold: true })
    const failed = report.rows.filter((r) => r.verdict === 'FAIL').map((r) => r.output)
    expect(failed).toEqual(expect.arrayContaining(['conf_1', 'ignore_1', 'ignore_mask_1']))
    expect(report.near).toEqual([])
  })

  it('widens the tolerance by its effect where no mask is an output', async () => {
    const report = await verifyCase(await caseAt(θ + δ, false), { model: model(false) })
    expect(report.exitCode).toBe(0)
    const row = report.rows.find((r) => r.output === 'conf_1')
    expect(row?.tolerance?.source).toMatch(/and [\d.e-]+ for cells at the threshold$/)
    expect(row?.tolerance?.atol).toBeGreaterThan(1e-4)
  })

  it('does not excuse anything else', async () => {
    const wrong = { bytes: anonymous(graphBytes(options(θ - 0.1, true))), file: 'graph' }
    const report = await verifyCase(await caseAt(θ + δ, true), { model: wrong })
    expect(report.rows.filter((r) => r.verdict === 'FAIL').map((r) => r.output)).toContain('ignore_mask_1')
  })
})

describe('an IoU that IEEE arithmetic determines', () => {
  /** With ≤ in place of <, which only an IoU on the threshold tells. */
  function inclusive(bytes: Uint8Array): Uint8Array {
    const model = decodeModel(bytes, 'm')
    const compared =
      model.graph?.node.filter(({ opType, name }) => opType === 'Less' && name.startsWith('ignore/')) ?? []
    expect(compared.length).toBeGreaterThan(0)
    for (const node of compared) node.opType = 'LessOrEqual'
    return encodeForeign(model)
  }

  it('excuses nobody: ≤ is caught on the fixture that lies on the threshold', async () => {
    const test = await readFixture('iou-at-threshold')
    const right = graphBytes({ ...configOf(test), components: true, masks: true, gradients: true })
    expect((await verifyCase(test, { model: { bytes: right, file: 'right' } })).exitCode).toBe(0)
    const report = await verifyCase(test, { model: { bytes: inclusive(right), file: 'wrong' } })
    expect(report.exitCode).toBe(1)
    expect(report.near).toEqual([])
  })

  it('is left to rounding on a provider that rounds otherwise', () => {
    const { bestIou, iouLow, iouHigh } = exact({ ieee: true })
    expect([bestIou, iouLow, iouHigh]).toEqual([0.5, 0.5, 0.5])
    const loose = exact({ ieee: false })
    expect(loose.iouLow).toBeLessThan(0.5)
    expect(loose.iouHigh).toBeGreaterThan(0.5)
  })

  function exact(how: { ieee: boolean }) {
    const labels = { shape: [1, 1, 1, 2, 6], data: new Float32Array([0, 0, 0, 0, 0, 0, 0.5, 0.5, 0.5, 0.25, 1, 1]) }
    const logits = { shape: [1, 1, 1, 12], data: new Float32Array(12) }
    const anchors = [
      [16, 16],
      [8, 8],
    ] as const
    const input = {
      anchors,
      anchorMask: [[0, 1]],
      classes: 1,
      ignoreThreshold: 0.5,
      logits: [logits],
      labels: [labels],
    }
    const [{ bestIou, iouLow, iouHigh }] = yoloLoss(input, how).scales as [
      ReturnType<typeof yoloLoss>['scales'][number],
    ]
    return { bestIou: bestIou[0], iouLow: iouLow[0], iouHigh: iouHigh[0] }
  }
})
