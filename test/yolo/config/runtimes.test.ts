import { describe, expect, it } from 'vitest'
import type { Model, Node } from '../../../src/onnx/graph/model.js'
import { encodeModel } from '../../../src/onnx/proto/encode.js'
import type { TestCase } from '../../../src/verify/cases/testcase.js'
import { verifyCase } from '../../../src/verify/judge/verify.js'
import { resolveConfig } from '../../../src/yolo/config/resolve.js'
import { type RuntimeName, runtimeNames, runtimeOf } from '../../../src/yolo/config/runtimes.js'
import { lossModel } from '../../../src/yolo/loss.js'
import { configOf, readFixture } from '../../support/cases.js'

const boolean = 9

/** How a node is told that does what a runtime lacks. */
const uses: Readonly<Record<string, (node: Node, body: Model['body']) => boolean>> = {
  GatherND: ({ op }) => op === 'GatherND',
  Gather: ({ op, inputs: [, indices = ''] }, { initializers }) =>
    op === 'Gather' && initializers.some(({ name, tensor }) => name === indices && tensor.shape.length > 1),
  'ScatterND of numbers': ({ op, inputs: [, , updates = ''] }, { values }) =>
    op === 'ScatterND' &&
    values
      .find(({ name }) => name === updates)
      ?.shape.slice(1)
      .at(-1) === 1,
  Less: ({ op }) => op === 'Less',
  'Cast to bool': ({ op, attributes }) => op === 'Cast' && (attributes.to as { int: number }).int === boolean,
}

const graphs = runtimeNames.flatMap((name) => runtimeOf(name).forms.map((form) => [name, form] as const))

/** Every output that may be asked for with the runtime, and the sizes of the fixture. */
const asked = (name: RuntimeName, { dataSets: [set] }: TestCase) => {
  const [batch = 0, h = 0, w = 0] = set?.inputs.find((input) => input.name === 'y_pred_0')?.tensor.shape ?? []
  const gradients = !runtimeOf(name).notGradients
  return { components: true, masks: true, gradients, batch, input: [32 * h, 32 * w] }
}

async function modelOf(fixture: string, name: RuntimeName, form: string): Promise<Model> {
  const own = await readFixture(fixture)
  return lossModel(resolveConfig({ ...configOf(own), ...asked(name, own), for: name, form }))
}

describe('a graph for a runtime', () => {
  it.each(graphs)('for %s, %s, does without what that lacks', async (name, form) => {
    const boxes = runtimeOf(name).notBoxes ? [] : ['two-boxes-one-cell-boxes']
    for (const fixture of ['two-boxes-one-cell', ...boxes]) {
      const model = await modelOf(fixture, name, form)
      for (const lacked of runtimeOf(name).lacks) {
        const used = model.body.nodes.filter((node) => uses[lacked]?.(node, model.body) ?? true)
        expect([lacked, used.map((node) => node.name)]).toEqual([lacked, []])
      }
    }
  })

  it.each(runtimeNames.filter((name) => runtimeOf(name).lacks.length > 0 && !runtimeOf(name).notBoxes))(
    'for %s does without that in the assignment of boxes alone too',
    async (name) => {
      const own = await readFixture('two-boxes-one-cell-boxes')
      const { gradients: _, components: __, masks: ___, ...sizes } = asked(name, own)
      const { anchors, anchorMask, classes } = configOf(own)
      const form = runtimeOf(name).forms[0]
      const config = { anchors, anchorMask, classes, ...sizes, graph: 'targets', labels: 'boxes', for: name, form }
      const { body } = lossModel(resolveConfig(config))
      for (const lacked of runtimeOf(name).lacks)
        expect([lacked, body.nodes.filter((node) => uses[lacked]?.(node, body) ?? true)]).toEqual([lacked, []])
    },
  )

  it('is of an opset that the runtime reads, or refused', () => {
    const config = { preset: 'yolov3-coco', form: 'static', batch: 2, input: [64, 96], opset: 18, for: 'jax' } as const
    expect(() => resolveConfig(config)).toThrow('"opset" must be at most 17 for jax')
  })

  it.each(graphs)('for %s, %s, gives the numbers of any other', async (name, form) => {
    const bytes = encodeModel(await modelOf('two-boxes-one-cell', name, form))
    const { rows } = await verifyCase(await readFixture('two-boxes-one-cell'), { model: { bytes, file: name } })
    expect(rows.length).toBeGreaterThan(20)
    const counts = ({ output }: { readonly output: string }) =>
      !(runtimeOf(name).notGradients && output.startsWith('grad_'))
    expect(rows.filter((row) => row.verdict === 'FAIL' && counts(row))).toEqual([])
  })
})
