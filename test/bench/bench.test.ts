import { describe, expect, it } from 'vitest'
import { benchCase, benchGrowth, brief, growthRows } from './bench.js'
import { makeData, quickCase } from './cases.js'
import { assigned } from './host.js'
import { machine } from './machine.js'
import { measure, WrongLoss } from './measure.js'
import { noPeers } from './peers.js'
import { profile } from './profile.js'
import { caseText } from './report.js'
import { ratioOf, spreadOf } from './stats.js'
import { store } from './store.js'
import { plot } from './svg.js'
import { variantsOf } from './variants.js'

describe('the bench', async () => {
  const report = await benchCase(quickCase, noPeers, brief)

  it('times our forms in processes of their own and compares them within rounds', () => {
    const names = report.timings.map(({ name }) => name)
    expect(names).toEqual(
      expect.arrayContaining(['compact', 'static', 'loop', 'compact + gradients', 'compact + zeros']),
    )
    const compact = report.timings.find(({ name }) => name === 'compact')
    expect(compact?.ms.median).toBeGreaterThan(0)
    expect(compact?.ms.low).toBeLessThanOrEqual(compact?.ms.high as number)
    for (const { gradients, name, ratios } of report.timings) {
      const others = report.timings.filter((t) => t.gradients === gradients && t.name !== name)
      expect(Object.keys(ratios)).toEqual(others.map((t) => t.name))
    }
  })

  it('says of each variant that it cannot time why not', () => {
    for (const { name, why } of report.absent) expect(caseText(report)).toContain(`ABSENT ${name}: ${why}`)
  })

  it('times nothing that computes another loss', async () => {
    const data = makeData(quickCase)
    const files = store(data)
    try {
      const variants = variantsOf(data, files, noPeers)
      await expect(measure(variants, data.loss * 1.001, brief)).rejects.toThrow(WrongLoss)
    } finally {
      files.remove()
    }
  })

  it('times nothing that makes other labels', async () => {
    const data = makeData(quickCase)
    const files = store(data)
    try {
      const wider = data.boxes.data.map((x, i) => (i === 0 ? x - 1 : x))
      files.write('boxes.f32', new Uint8Array(wider.buffer))
      await expect(measure([assigned(files)], data.loss, brief)).rejects.toThrow(/entries of its labels/)
    } finally {
      files.remove()
    }
  })

  it('says what computes no loss of ours', () => {
    expect(caseText(report)).toMatch(/NOTE host: assignTargets: computes no loss/)
    expect(report.timings.find(({ task }) => task === 'labels')).not.toHaveProperty('loss')
  })

  it('draws a plot that is well-formed and runs no script', () => {
    const svg = plot([report], [], machine({}))
    expect(svg).toMatch(/^<svg .*<\/svg>\n$/s)
    expect(svg).not.toMatch(/<script|NaN|undefined/)
  })

  it('tells how times grow', async () => {
    const growth = await benchGrowth('batch', [quickCase], noPeers)
    expect(growthRows(growth)[1]).toEqual(['compact', expect.stringMatching(/^\d+\.\d\d$/)])
  })

  it('profiles a form by operator', async () => {
    const { nodes, ops } = await profile('compact', quickCase, false)
    expect(ops.reduce((sum, op) => sum + op.nodes, 0)).toBe(nodes)
    expect(ops.map(({ op }) => op)).toContain('NonZero')
  })
})

describe('spread and ratio', () => {
  it('are the median and the quartiles', () => {
    expect(spreadOf([4, 1, 3, 2, 5])).toEqual({ median: 3, low: 2, high: 4 })
  })

  it('compare within each round, so that a slow round cancels', () => {
    expect(ratioOf([[2], [20], [2]], [[1], [10], [1]])).toEqual({ median: 2, low: 2, high: 2 })
  })
})
