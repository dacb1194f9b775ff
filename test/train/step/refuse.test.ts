import { describe, expect, test } from 'vitest'
import { openDetector } from '../../../src/detector/open.js'
import { InputError } from '../../../src/io/fault.js'
import type { Attribute } from '../../../src/onnx/graph/model.js'
import { encodePart } from '../../../src/onnx/proto/encode.js'
import { joined, splice } from '../../../src/onnx/proto/wire.js'
import { trainingStep } from '../../../src/train/step/step.js'
import { resolveConfig } from '../../../src/yolo/config/resolve.js'
import { TinyDetector, tinyConfig } from '../../attach/detector.js'

const [graphField, nodeField] = [7, 1]
const whole = new TinyDetector({ opset: 18, irVersion: 8 }).bytes()
const config = resolveConfig({ ...tinyConfig, batch: 1, input: [96, 64], labels: 'boxes', maxBoxes: 1 })

/** The detector with another operator in the place of its last activation. */
function with_(
  op: string,
  more: readonly string[] = [],
  attributes: Readonly<Record<string, Attribute>> = {},
): Uint8Array {
  const { graph, graphBytes } = openDetector(whole, 'whole')
  const at = graph.node.findLastIndex(({ opType }) => opType === 'LeakyRelu')
  const { name = '', input = [], output = [] } = graph.node[at] ?? {}
  const put = [encodePart.node({ name, op, inputs: [input[0] as string, ...more], outputs: output, attributes })]
  return joined(
    splice(whole, [
      { number: graphField, at: 0, count: 1, put: [splice(graphBytes, [{ number: nodeField, at, count: 1, put }])] },
    ]),
  )
}

describe('a detector that cannot be derived is refused, by its node', () => {
  test.each([
    ['Erf', 'the operator Erf has no rule'],
    ['Selu', 'the operator Selu has no rule'],
    ['Gelu', 'the operator Gelu has no rule'],
  ])('%s', (op, words) => {
    expect(() => trainingStep(with_(op), config, { optimizer: 'sgd' })).toThrow(InputError)
    expect(() => trainingStep(with_(op), config, { optimizer: 'sgd' })).toThrow(words)
  })

  test.each<[string, string, readonly string[], Readonly<Record<string, Attribute>>]>([
    ['a product with nothing', 'Mul', [''], {}],
    ['a pool of stride 0', 'MaxPool', [], { kernel_shape: { ints: [1, 1] }, strides: { ints: [0, 0] } }],
    ['a pool without a kernel', 'MaxPool', [], {}],
    ['an axis that is not there', 'Softmax', [], { axis: { int: 9 } }],
    ['another such axis', 'Concat', [], { axis: { int: -9 } }],
    ['a convolution in groups that do not divide', 'Conv', ['const/head0.weight'], { group: { int: 3 } }],
    ['a convolution in no group', 'Conv', ['const/head0.weight'], { group: { int: 0 } }],
    ['a slope of another size', 'PRelu', ['const/stage0.bias'], {}],
  ])('%s', (_, op, more, attributes) => {
    expect(() => trainingStep(with_(op, more, attributes), config, { optimizer: 'sgd' })).toThrow(InputError)
  })
})
