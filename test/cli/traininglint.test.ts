import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ruleTable } from '../../src/onnx/reverse/table.js'
import { tinyDetector } from '../attach/detector.js'
import { yoloLossHere as yoloLoss } from '../support/cli.js'
import { scratch } from '../verify/cases.js'

const root = await scratch()
const path = (name: string) => join(root, name)
await writeFile(path('d.onnx'), tinyDetector({ opset: 18 }))
await writeFile(path('old.onnx'), tinyDetector({ opset: 13, norm: true }))

const lint = (...args: string[]) => yoloLoss(['lint', ...args, '--for', 'training'])

describe('lint --for training', () => {
  it('says what is trained, and about how much memory it takes', async () => {
    const { code, stdout } = await lint(path('d.onnx'), '--batch', '4')
    expect(code).toBe(0)
    for (const line of [
      'for training (image [4,3,96,64]): nothing in the way',
      '  trains 16 parameters, 4670 numbers',
      '  memory of a step without its loss, about',
    ])
      expect(stdout).toContain(line)
  })

  it('ends with 1 where something is in the way, with the way out', async () => {
    const { code, stdout } = await lint(path('old.onnx'))
    expect([code, stdout]).toEqual([1, expect.stringContaining('1 node in the way')])
    expect(stdout).toContain('--batch-norm frozen')
    expect((await lint(path('old.onnx'), '--batch-norm', 'frozen')).code).toBe(0)
  })

  it('says the same as JSON', async () => {
    const { code, stdout } = await lint(path('old.onnx'), '--json')
    expect([code, JSON.parse(stdout)]).toEqual([
      1,
      expect.objectContaining({
        target: 'training',
        trained: 4770,
        findings: [expect.objectContaining({ op: 'BatchNormalization' })],
      }),
    ])
  })

  it('--rules prints every rule, for people and for programs', async () => {
    const { code, stdout } = await lint('--rules')
    const { rules, stops } = ruleTable()
    expect(code).toBe(0)
    for (const { op, formula } of rules)
      expect(stdout).toMatch(new RegExp(`^  ${op} +${formula.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}  \\(`, 'm'))
    for (const op of stops) expect(stdout).toContain(op)
    expect(JSON.parse((await lint('--rules', '--json')).stdout)).toEqual({ schemaVersion: 1, rules, stops })
  })

  it.each([
    [['lint', path('d.onnx'), '--for', 'cuda', '--batch', '2'], 'is about training: add --for training'],
    [['lint', '--for', 'cuda', '--rules'], 'is about training: add --for training'],
    [['lint', path('d.onnx'), '--for', 'training', '--rules'], 'prints a table, for which no graph is read'],
    [['lint', '--for', 'training'], "missing required argument 'graph.onnx'"],
  ])('%j is refused', async (args, words) => {
    const { code, stderr } = await yoloLoss(args)
    expect([code, stderr]).toEqual([2, expect.stringContaining(words)])
  })
})
