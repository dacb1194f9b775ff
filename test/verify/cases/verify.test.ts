import { describe, expect, it } from 'vitest'
import { verifyCase } from '../../../src/verify/judge/verify.js'
import { caseNames, configOf, graphBytes, readFixture } from '../../support/cases.js'

const opsets = [13, 17, 18, 21, 24, 25]

describe.each(caseNames)('the loss graph on %s', async (name) => {
  const test = await readFixture(name)

  it.each(opsets)('agrees with the oracle at opset %i, optimised and not', async (opset) => {
    const bytes = graphBytes({ ...configOf(test), opset, components: true, masks: true, gradients: true })
    for (const optimization of ['disabled', 'all'] as const) {
      const report = await verifyCase(test, { model: { bytes, file: name }, optimization })
      expect(report.rows.filter((row) => row.verdict !== 'PASS')).toEqual([])
      expect(report.rows).toHaveLength(test.dataSets[0]?.outputs.length as number)
    }
  })

  it('comes with the model that its configuration gives', async () => {
    const report = await verifyCase(test)
    expect(report.exitCode).toBe(0)
  })
})
