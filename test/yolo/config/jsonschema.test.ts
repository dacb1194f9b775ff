import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { type ConfigInput, resolveConfig as resolveTyped } from 'onnx-yolo-loss'
import { describe, expect, it } from 'vitest'
import { configSchema } from '../../../src/yolo/config/jsonschema.js'
import { resolveConfig } from '../../../src/yolo/config/resolve.js'

const file = fileURLToPath(new URL('../../../src/yolo/config/config.schema.json', import.meta.url))
const text = `${JSON.stringify(configSchema(), null, 2)}\n`
if (process.env.CONFIG_SCHEMA === 'write') writeFileSync(file, text)

const validate = new Ajv2020({ allowUnionTypes: true }).compile(configSchema())

const accepts = (value: object): boolean => {
  try {
    resolveConfig({ preset: 'yolov3-coco', ...value })
    return true
  } catch {
    return false
  }
}

const pairs = [[1, 2], [3, 4]] // biome-ignore format: pairs
/** Values of each key, good and wrong. */
const values: Readonly<Record<string, readonly unknown[]>> = {
  anchorMask: [[[0]], [[0, 1]], [], [[]], [3], [['0']], [[0, 0]], [[-1]], 'x'],
  classes: [1, 100_000, 100_001, 0, 1.5, '3', null, [3]],
  ignoreThreshold: [0, 0.5, 7, -1, 1e-50, 1e39, '0.5', true],
  graph: ['loss', 'tail', 3],
  form: ['loop', 'compact', 'dense', ['static']],
  batch: [1, 0, 2.5, '2', null],
  input: [[416, 416], [416], [416, 100], '416x416', [4128, 32], 416],
  layout: ['nchw', 'nwhc', 1],
  dtype: ['float64', 'float8', null],
  for: ['ort-training', 'openvino', 'opencl', true],
  opset: [13, 25, 12, 26, '17', 14.5],
  reduction: ['sum', 'mean', false],
  normalizer: [true, 1, 'yes'],
  lossRank: [1, 2, '1'],
  weights: [{ xy: 2 }, {}, { obj: 1 }, { xy: 'a' }, { xy: 1e39 }, 1, [1, 1, 1, 1]],
  labels: ['boxes', 'box'],
  preset: ['yolov3-voc', 'yolov9', 3, null],
  $schema: ['./config.schema.json'],
  clases: [3],
}

describe('the schema of a configuration', () => {
  it('is the file that is published: CONFIG_SCHEMA=write npx vitest run test/yolo/config/jsonschema.test.ts', () => {
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(configSchema())
  })

  it.each(Object.entries(values))('takes and refuses what resolveConfig does: %s', (key, all) => {
    for (const value of all) expect([value, validate({ [key]: value })]).toEqual([value, accepts({ [key]: value })])
  })

  it('takes anchors as resolveConfig does', () => {
    for (const anchors of [pairs, [], 3, [[1, 2, 3]], [[1, 'x']], [[1, 0]], [[1, 2], null]]) {
      const value = { anchors, anchorMask: [[0]] }
      expect([anchors, validate(value)]).toEqual([anchors, accepts(value)])
    }
  })
})

it('wrong configurations do not compile', () => {
  const good: ConfigInput = { preset: 'yolov3-coco', weights: { xy: 2 }, input: [416, 416], $schema: './x.json' }
  expect(resolveTyped(good).weights.xy).toBe(2)
  // @ts-expect-error a preset that there is not
  expect(() => resolveTyped({ preset: 'yolov9' })).toThrow('preset')
  // @ts-expect-error a misspelt key
  expect(() => resolveTyped({ preset: 'yolov3-coco', clases: 3 })).toThrow('clases')
  // @ts-expect-error a text in place of a number
  expect(() => resolveTyped({ preset: 'yolov3-coco', classes: '3' })).toThrow('classes')
})
