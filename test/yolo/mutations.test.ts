import { afterEach, describe, expect, it, vi } from 'vitest'
import { encodeModel } from '../../src/onnx/proto/encode.js'
import { verifyCase } from '../../src/verify/judge/verify.js'
import { resolveConfig } from '../../src/yolo/config/resolve.js'
import { caseNames, configOf, readFixture } from '../support/cases.js'
import { type Mutation, mutations } from '../support/mutations.js'

async function lossWith(mutation: Mutation | undefined) {
  vi.resetModules()
  if (mutation && 'module' in mutation) {
    vi.doMock(`../../src/${mutation.module}.ts`, async (original) => {
      const right = await original()
      return { ...(right as object), ...mutation.plant(right as never) }
    })
  }
  const { lossModel } = await import('../../src/yolo/loss.js')
  return (config: Parameters<typeof lossModel>[0]) => {
    const model = lossModel(config)
    return encodeModel(mutation && 'model' in mutation ? mutation.model(model) : model)
  }
}

/** The first fixture on which a graph with this fault is caught. */
async function catching(mutation: Mutation | undefined): Promise<string[]> {
  const build = await lossWith(mutation)
  for (const name of caseNames) {
    const test = await readFixture(name)
    const bytes = build(resolveConfig({ ...configOf(test), components: true, masks: true }))
    const report = await verifyCase(test, { model: { bytes, file: name } })
    // A mutant that fails to run is caught by accident: a wrong number must give it away, of finite ones.
    const wrong = report.rows.filter(({ verdict, comparison }) => verdict === 'FAIL' && comparison?.worstAbs)
    if (wrong.some(({ comparison }) => Number.isFinite(comparison?.worstAbs?.value))) return [name]
  }
  return []
}

describe('the fixtures', () => {
  afterEach(() => {
    for (const m of Object.values(mutations)) if ('module' in m) vi.doUnmock(`../../src/${m.module}.ts`)
  })

  it('pass without a fault', async () => {
    expect(await catching(undefined)).toEqual([])
  })

  it.each(Object.entries(mutations))('catch %s', async (_, mutation) => {
    expect(await catching(mutation)).not.toEqual([])
  })
})
