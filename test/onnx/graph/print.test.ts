import { expect, test } from 'vitest'
import { spellNumber } from '../../../src/io/tensor.js'
import { tensorOf } from '../../../src/onnx/graph/constants.js'
import { Graph } from '../../../src/onnx/graph/graph.js'
import { printModel } from '../../../src/onnx/graph/print.js'
import { split } from '../../../src/onnx/ops/divide.js'
import { add, exp, mul } from '../../../src/onnx/ops/elementwise.js'
import { less } from '../../../src/onnx/ops/logic.js'
import { transpose } from '../../../src/onnx/ops/movement.js'
import { filled } from '../../../src/onnx/ops/select.js'
import { repeated } from './support.js'

test('a model prints one line for each input, output, table and node', () => {
  const graph = new Graph()
  const x = graph.input('x', 'float32', ['B', 2])
  const anchors = graph.constant(tensorOf('float32', [2, 2], [10, 13, 0.1, -0]), 'anchors')
  const [w] = graph.scope('layer0', () => split(transpose(mul(x, 0.1), [1, 0]), [1, 1], 0))
  const sizes = graph.ints([2])
  const outputs = { small: less(w, 2), table: exp(anchors), half: filled(sizes, [2], 0.5, 'float64') }
  expect(printModel(graph.build(outputs, { name: 'example', metadata: { 'example.key': 'text' } }))).toBe(
    `model example
opset 17, IR 8
example.key: text

input x float32[B,2]
output small bool[1,B]
output table float32[2,2]
output half float64[2]
table const/anchors float32[2,2] [10,13,0.1,-0]

layer0/Mul float32[B,2] = Mul(x, 0.1)
layer0/Transpose float32[2,B] = Transpose(layer0/Mul) perm=[1,0]
layer0/Split/0 float32[1,B], layer0/Split/1 float32[1,B] = Split(layer0/Transpose, [1,1]) axis=0
small bool[1,B] = Less(layer0/Split/0, 2)
table float32[2,2] = Exp(const/anchors)
half float64[2] = ConstantOfShape([2]) value=float64 [0.5]
`,
  )
})

test('a subgraph is indented under its attribute', () => {
  const graph = new Graph()
  const x = graph.input('x', 'float32', [2])
  const y = graph.scope('layer0', () => repeated(graph, x, add(x, 1), 3))
  expect(printModel(graph.build({ y }))).toBe(
    `model graph
opset 17, IR 8

input x float32[2]
output y float32[2]

layer0/Add float32[2] = Add(x, 1)
y float32[2] = Loop(3, 1, x)
  body:
    input layer0/loop/in0 int64[]
    input layer0/loop/in1 bool[]
    input layer0/loop/in2 float32[2]
    output layer0/loop/Identity bool[]
    output layer0/loop/Add float32[2]

    layer0/loop/Identity bool[] = Identity(layer0/loop/in1)
    layer0/loop/Mul float32[2] = Mul(layer0/loop/in2, layer0/Add)
    layer0/loop/Add float32[2] = Add(layer0/loop/Mul, 1)
`,
  )
})

test('a long table is cut', () => {
  const graph = new Graph()
  const counted = tensorOf('int64', [30], [...Array(30).keys()])
  const text = printModel(graph.build({ y: add(graph.constant(counted, 'count'), 1) }))
  expect(text).toContain(
    'table const/count int64[30] [0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,…]',
  )
})

test.each<[x: number, dtype: 'float32' | 'float64', text: string]>([
  [Math.fround(0.1), 'float32', '0.1'],
  [0.1, 'float64', '0.1'],
  [Math.fround(1 / 3), 'float32', '0.33333334'],
  [16777216, 'float32', '16777216'],
  [Math.fround(3.4028234663852886e38), 'float32', '3.4028235e+38'],
  [-0, 'float32', '-0'],
  [Number.NaN, 'float32', 'NaN'],
  [Number.NEGATIVE_INFINITY, 'float32', '-Infinity'],
])('%d of %s is spelled %s', (x, dtype, text) => {
  expect(spellNumber(dtype, x)).toBe(text)
  expect(Object.is(dtype === 'float32' ? Math.fround(Number(text)) : Number(text), x)).toBe(true)
})
