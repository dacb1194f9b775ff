import { describe, expect, test } from 'vitest'
import { openDetector } from '../../../src/detector/open.js'
import { encodePart } from '../../../src/onnx/proto/encode.js'
import { joined, splice } from '../../../src/onnx/proto/wire.js'
import { lintTraining, type TrainingMemory } from '../../../src/train/lint/lint.js'
import { trainingStep } from '../../../src/train/step/step.js'
import { resolveConfig } from '../../../src/yolo/config/resolve.js'
import { type TinyOptions, tinyConfig, tinyDetector } from '../../attach/detector.js'

const tiny = (options: TinyOptions = {}) => tinyDetector({ opset: 18, irVersion: 8, ...options })

/** The detector with other operators, and domains of them, in the place of some activations. */
function replaced(ops: Readonly<Record<number, readonly [op: string, domain?: string]>>): Uint8Array {
  const { graph, graphBytes, bytes } = openDetector(tiny(), 'tiny')
  const places = graph.node.flatMap(({ opType }, at) => (opType === 'LeakyRelu' ? [at] : []))
  const edits = Object.entries(ops).map(([i, [op, domain]]) => {
    const at = places[Number(i)] as number
    const { name = '', input = [], output = [] } = graph.node[at] ?? {}
    const node = { name, op, inputs: input, outputs: output, attributes: {}, ...(domain && { domain }) }
    return { number: 1, at, count: 1, put: [encodePart.node(node)] }
  })
  const opsets = { number: 8, at: 1, count: 0, put: [encodePart.opset('mine', 1)] }
  return joined(splice(bytes, [{ number: 7, at: 0, count: 1, put: [splice(graphBytes, edits)] }, opsets]))
}

describe('lintTraining', () => {
  test('finds nothing in the way of what a step can be made of, and counts as the step does', () => {
    const report = lintTraining(tiny({ norm: true, batch: 2 }))
    const config = resolveConfig({ ...tinyConfig, batch: 2, input: [96, 64] })
    const step = trainingStep(tiny({ norm: true, batch: 2 }), config, { optimizer: 'sgd' })
    expect(report.findings).toEqual([])
    expect([report.parameters, report.trained]).toEqual([step.parameters, step.trained])
  })

  test('names every node without a rule, where a step stops at the first', () => {
    const { findings, memory } = lintTraining(replaced({ 1: ['Erf'], 3: ['Selu'], 4: ['Celu'] }))
    expect(findings.map(({ op, why }) => [op, why])).toEqual(
      ['Erf', 'Selu', 'Celu'].map((op) => [op, 'it has no rule']),
    )
    expect(findings[0]?.remedy).toContain('freeze everything above this node')
    expect(memory).toBeUndefined()
  })

  test('takes what lies above a frozen node for no obstacle', () => {
    const model = replaced({ 1: ['Erf'] })
    const { findings, untrained } = lintTraining(model, {
      freezeAbove: [lintTraining(model).findings[0]?.node as string],
    })
    expect(findings).toEqual([])
    expect(untrained.find(({ why }) => why.startsWith('frozen'))?.names).toEqual(
      [0, 1].flatMap((i) => [`const/stage${i}.weight`, `const/stage${i}.bias`]),
    )
  })

  test('names operators of other domains, which no step reads', () => {
    const { findings } = lintTraining(replaced({ 0: ['Swishy', 'mine'], 2: ['Erf'] }))
    expect(findings.map(({ op, why }) => [op, why])).toEqual([['Swishy', 'it is of the domain mine']])
  })

  test('names batch norms that cannot train, and float16', () => {
    const norms = lintTraining(tinyDetector({ opset: 13, norm: true })).findings
    expect(norms).toMatchObject([{ op: 'BatchNormalization', why: expect.stringContaining('from opset 14 on') }])
    expect(lintTraining(tinyDetector({ opset: 13, norm: true }), { batchNorm: 'frozen' }).findings).toEqual([])
    const halves = lintTraining(tiny({ head: 'float16' })).findings
    expect(halves.map(({ op }) => op)).toEqual(['head', 'head', 'Cast', 'Cast'])
  })

  test('says what was folded, and what stays as it is', () => {
    expect(lintTraining(tiny()).notes.map(({ code }) => code)).toEqual(['folded-batch-norms'])
    const { notes, untrained } = lintTraining(tiny({ norm: true }), { freeze: ['*head0*'] })
    expect(notes).toEqual([])
    expect(untrained.map(({ why, names }) => [why.split(/[,:]/)[0], names.length])).toEqual(
      expect.arrayContaining([
        ['statistics of batch norms', 10],
        ['frozen', 2],
      ]),
    )
  })

  test('estimates memory that grows with the batch, and with what an optimizer remembers', () => {
    const [one, eight] = [1, 8].map(
      (batch) => lintTraining(tiny({ norm: true }), { batch }).memory as TrainingMemory,
    ) as [TrainingMemory, TrainingMemory]
    // Gradients and small sums do not grow.
    expect(eight.work / one.work).toBeGreaterThan(7)
    expect(eight.held / one.held).toBe(8)
    expect(one.weights).toBe(2 * 4 * lintTraining(tiny({ norm: true })).trained)
    const { sgd, adam } = one.optimizers
    expect([sgd.state, adam.state]).toEqual([one.weights, 2 * one.weights])
    expect(adam.total - sgd.total).toBe(one.weights)
  })

  test('holds less where less is trained', () => {
    const [all, heads] = [undefined, 'heads' as const].map(
      (only) => lintTraining(tiny(), only && { only }).memory?.held,
    )
    // The two features that the heads read: 16 channels of 3 × 2, and 18 of 6 × 4.
    expect(heads).toBe(4 * (16 * 6 + 18 * 24))
    expect(all).toBeGreaterThan(5 * (heads as number))
  })
})
