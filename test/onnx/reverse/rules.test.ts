import { describe, expect, it } from 'vitest'
import { rules } from '../../../src/onnx/reverse/rules.js'
import { expectGradient } from './check.js'
import { uses } from './uses.js'

describe('a derived gradient', () => {
  it.each(uses.map((u) => [`${u.op} ${u.what}`, u] as const))('%s', async (_, u) => {
    await expectGradient(u)
  })

  it('is held to differences for every operator that has a rule', () => {
    const tried = new Set(uses.map(({ op }) => op))
    expect(Object.keys(rules).filter((op) => !tried.has(op))).toEqual([])
  })
})
