import { describe, expect, it } from 'vitest'
import { GraphError } from '../../../src/onnx/graph/errors.js'
import type { Body, Model } from '../../../src/onnx/graph/model.js'
import type { ConfigInput } from '../../../src/yolo/config/config.js'
import { type FormName, formNames, formOf } from '../../../src/yolo/config/forms.js'
import { resolveConfig } from '../../../src/yolo/config/resolve.js'
import { lossModel } from '../../../src/yolo/loss.js'

const everything = { components: true, masks: true, diagnostics: true, gradients: true }
const sizes: ConfigInput = { batch: 2, input: [64, 96] }

/** The graph of a form with the outputs of the loss and its gradient, in an opset that a detector may have. */
function modelOf(form: FormName, opset: number, more: ConfigInput = {}): Model {
  const fixed = Object.fromEntries(formOf(form).needs.map((key) => [key, sizes[key]]))
  return lossModel({ ...resolveConfig({ preset: 'yolov3-tiny-coco', form, ...fixed, ...more }), opset })
}

const operators = ({ nodes }: Body): string[] =>
  nodes.flatMap(({ op, attributes }) => [
    op,
    ...Object.values(attributes).flatMap((a) => ('graph' in a ? operators(a.graph) : [])),
  ])

describe.each(formNames)('what is known of a form: %s', (form) => {
  const { clearOf, since, needs, takes } = formOf(form)

  it.each([since, 13, 17, 25])('holds none of the operators that it is said to do without, opset %i', (opset) => {
    const { body } = modelOf(form, opset, { components: true, masks: true, gradients: true })
    expect(operators(body).filter((op) => clearOf.includes(op))).toEqual([])
  })

  it('is written from the opset on that is said', () => {
    expect(modelOf(form, since, everything).opset).toBe(since)
    if (since > 11) expect(() => modelOf(form, since - 1)).toThrow(GraphError)
  })

  it('needs what is said, and nothing else', () => {
    for (const key of ['batch', 'input'] as const) {
      const without = () => resolveConfig({ preset: 'yolov3-voc', form, ...sizes, [key]: undefined })
      if (needs.includes(key)) expect(without).toThrow(`"${key}" must be given for the ${form} form`)
      else expect(without).not.toThrow()
    }
  })

  it('takes its own options alone', () => {
    for (const [key, value] of [['maxBoxes', 5], ['divisionFree', true]] as const) {
      const given = () => resolveConfig({ preset: 'yolov3-voc', form, ...sizes, [key]: value })
      if (takes.includes(key)) expect(given).not.toThrow()
      else expect(given).toThrow(`"${key}"`)
    } // biome-ignore format: pairs
  })
})
