import { describe, expect, it } from 'vitest'
import { tensorOf } from '../../../src/onnx/graph/constants.js'
import type { Node } from '../../../src/onnx/graph/model.js'
import { inference } from '../../../src/onnx/infer/inference.js'
import type { Inference, Known } from '../../../src/onnx/infer/known.js'
import { rules } from '../../../src/onnx/reverse/rules.js'
import type { Operand, Use } from '../reverse/check.js'
import { uses } from '../reverse/uses.js'

const known = (x: Operand): Known | undefined => {
  if (x === undefined) return undefined
  if ('dtype' in x) return { dtype: x.dtype, shape: x.shape, values: Array.from(x.data as Float32Array, Number) }
  return { dtype: 'float32', shape: x }
}

function inferred({ op, operands, attributes = {}, results, opset = 18 }: Use): readonly Known[] {
  const outputs = results.map((_, i) => `y${i}`)
  const node: Node = { name: op, op, inputs: operands.map((_, i) => `x${i}`), outputs, attributes }
  return (inference[op] as Inference)({ node, opset, x: operands.map(known) })
}

describe('sizes of results', () => {
  it.each(uses.map((u) => [`${u.op} ${u.what}`, u] as const))('are those that onnxruntime gives: %s', (_, u) => {
    expect(
      inferred(u)
        .slice(0, u.results.length)
        .map(({ shape }) => shape),
    ).toEqual(u.results)
  })

  it('are told for every operator that has a rule of reverse mode', () => {
    expect(Object.keys(rules).filter((op) => !Object.hasOwn(inference, op))).toEqual([])
  })
})

/** The numbers that an operator makes of small constants. */
function numbers(
  op: string,
  operands: readonly Known[],
  attributes: Node['attributes'] = {},
): readonly number[] | undefined {
  const node: Node = { name: op, op, inputs: operands.map((_, i) => `x${i}`), outputs: ['y', 'z'], attributes }
  return (inference[op] as Inference)({ node, opset: 18, x: operands })[0]?.values
}

const ints = (...values: number[]): Known => ({ dtype: 'int64', shape: [values.length], values })
const scalar = (value: number, dtype = 'int64'): Known => ({ dtype, shape: [], values: [value] })

describe('numbers that sizes are computed with', () => {
  it.each<[string, readonly Known[], Node['attributes'], number[]]>([
    ['Shape', [{ dtype: 'float32', shape: [2, 3, 4] }], { start: { int: 1 } }, [3, 4]],
    ['Gather', [ints(5, 6, 7), scalar(-1)], {}, [7]],
    ['Concat', [ints(1, 2), ints(3)], { axis: { int: 0 } }, [1, 2, 3]],
    ['Slice', [ints(1, 2, 3, 4), ints(-1), ints(-9), ints(0), ints(-2)], {}, [4, 2]],
    ['Slice', [{ ...ints(1, 2, 3, 4), shape: [2, 2] }, ints(-1), ints(-9), ints(0), ints(-1)], {}, [3, 4, 1, 2]],
    ['Transpose', [{ ...ints(1, 2, 3, 4, 5, 6), shape: [2, 3] }], {}, [1, 4, 2, 5, 3, 6]],
    ['Expand', [ints(7), ints(2, 3)], {}, [7, 7, 7, 7, 7, 7]],
    ['Mul', [ints(2, 3), scalar(4)], {}, [8, 12]],
    ['Div', [ints(7, -7), scalar(2)], {}, [3, -3]],
    ['Div', [scalar(7, 'float32'), scalar(2, 'float32')], {}, [3.5]],
    ['Where', [{ dtype: 'bool', shape: [2], values: [1, 0] }, ints(1, 2), ints(3, 4)], {}, [1, 4]],
    ['Cast', [{ dtype: 'float32', shape: [1], values: [2.7] }], { to: { int: 7 } }, [2]],
    ['ConstantOfShape', [ints(3)], { value: { tensor: tensorOf('int64', [1], [4]) } }, [4, 4, 4]],
    ['Range', [scalar(1), scalar(8), scalar(3)], {}, [1, 4, 7]],
    ['Constant', [], { value_ints: { ints: [3, 4] } }, [3, 4]],
    ['Split', [ints(1, 2, 3), ints(1, 2)], { axis: { int: 0 } }, [1]],
  ])('%s', (op, operands, attributes, wanted) => {
    expect(numbers(op, operands, attributes)).toEqual(wanted)
  })
})
