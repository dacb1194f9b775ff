import { describe, expect, it } from 'vitest'
import type { AnyTensor } from '../../src/io/elements.js'
import { QuickRandom } from '../../src/io/random.js'
import { notesOnConfig, notesOnData, onceEach } from '../../src/notes/index.js'
import { readModel } from '../../src/onnx/proto/read.js'
import { randomCases } from '../../src/verify/cases/generate/random.js'
import { randomScene } from '../../src/verify/cases/scene/scene.js'
import { inputsOf } from '../../src/verify/cases/testcase.js'
import type { LossConfig } from '../../src/yolo/config/config.js'
import { presets } from '../../src/yolo/config/presets.js'
import { resolveConfig } from '../../src/yolo/config/resolve.js'
import { boxCaseNames, caseNames, configOf, graphBytes, readFixture } from '../support/cases.js'

type Inputs = ReadonlyMap<string, AnyTensor>

const codesOf = (config: LossConfig, inputs: Inputs): string[] =>
  onceEach([...notesOnConfig(config), ...notesOnData({ config, inputs })]).map(({ code }) => code)

/** What the committed cases are about, where that is a mistake of people too. */
const meant: Readonly<Record<string, readonly string[]>> = {
  'all-background': ['no-object'],
  'all-background-boxes': ['no-object'],
  'background-minus-18': ['no-object'],
  'background-minus-18-boxes': ['no-object'],
  'fractional-objectness': ['objectness-above-1'],
  'threshold-2': ['threshold-above-1'],
  'threshold-2-boxes': ['threshold-above-1'],
}

describe('the fixtures', () => {
  it.each([...caseNames, ...boxCaseNames])('%s raises no note but what it is about', async (name) => {
    const test = await readFixture(name)
    const config = resolveConfig(configOf(test))
    expect(codesOf(config, inputsOf(test, readModel(graphBytes(configOf(test)), name)))).toEqual(meant[name] ?? [])
  })
})

const names = Object.keys(presets)

describe('200 random valid scenes', () => {
  it('raise no note, from dense labels and from boxes', () => {
    for (let i = 0; i < 200; i++) {
      const preset = names[i % names.length]
      const random = new QuickRandom(1 + i)
      const config = resolveConfig({ preset, ...(i % 2 === 0 && { classes: 1 + (i % 7) }) })
      const size = [32 * random.integer(3, 10), 32 * random.integer(3, 10)] as const
      const counts = Array.from({ length: random.integer(1, 3) }, () => random.integer(1, 12))
      const { logits, labels, boxes } = randomScene(counts, size, config, random)
      const heads = logits.map((t, l) => [`y_pred_${l}`, t] as const)
      const dense = labels.map((t, l) => [`y_true_${l}`, t] as const)
      expect([i, codesOf(config, new Map([...heads, ...dense]))]).toEqual([i, []])
      const ofBoxes = resolveConfig({ ...config, labels: 'boxes' })
      expect([i, codesOf(ofBoxes, new Map<string, AnyTensor>([...heads, ['boxes', boxes as AnyTensor]]))]).toEqual([
        i,
        [],
      ])
    }
  })

  it('of the cases that verify draws raise none either, where an image has an object', () => {
    const config = resolveConfig({ preset: 'yolov3-coco', classes: 3 })
    const makers = randomCases(readModel(graphBytes(config), 'graph'), config, 200)
    const told = makers.map(({ name, make }) => {
      const inputs = make().inputs.map(({ name: own, tensor }) => [own, tensor] as const)
      const isEmpty = inputs.every(([own, { data }]) => own.startsWith('y_pred') || data.every((x) => Number(x) === 0))
      return [name, codesOf(config, new Map(inputs)), isEmpty ? ['no-object'] : []] as const
    })
    expect(told.filter(([, codes, expected]) => codes.join() !== expected.join())).toEqual([])
    expect(told.length).toBe(200)
  })
})
