import { describe, expect, it } from 'vitest'
import { float32 } from '../../../src/io/tensor.js'
import { dissect } from '../../../src/onnx/proto/dissect.js'
import { encodeModel } from '../../../src/onnx/proto/encode.js'
import { causesOf } from '../../../src/verify/layers/causes.js'
import { model, node, value } from '../../runtime/models.js'

type Constants = Readonly<Record<string, readonly number[]>>

/** `y = x − c`, or what its operands are said to be. */
const graph = (constants: Constants, reads: readonly string[] = ['x', 'c']) =>
  dissect(
    encodeModel(
      model({
        inputs: [value('x', 'B', 2)],
        outputs: [value('y', 'B', 2)],
        initializers: Object.entries(constants).map(([name, data]) => ({
          name,
          tensor: float32([data.length], [...data]),
        })),
        nodes: [node('Sub', [...reads], 'y')],
      }),
    ),
    'model',
  )

const told = (a: ReturnType<typeof graph>, b: ReturnType<typeof graph>, values = new Map()) =>
  causesOf(a, b, b.nodes[0] as (typeof b.nodes)[number], values)

describe('what distinguishes a node', () => {
  it('is no name of a constant, as long as it holds the same', () => {
    expect(told(graph({ c: [1, 2] }), graph({ k: [1, 2] }, ['x', 'k']))).toEqual([])
  })

  it('is a constant under another name that holds something else', () => {
    expect(told(graph({ c: [1, 2] }), graph({ k: [1, 3] }, ['x', 'k']))).toEqual([
      'its constant "k" is float32[2] 1, 3, in the other graph "c" is float32[2] 1, 2',
    ])
  })

  it('is one element of a long constant', () => {
    const long = Array.from({ length: 40 }, (_, i) => i)
    expect(told(graph({ c: long }), graph({ c: long.with(30, -1) }))).toEqual([
      'its constant "c" is float32[40] with -1 as element 30, in the other float32[40] with 30 as element 30',
    ])
  })

  it('is the order of its operands, constants though they are', () => {
    expect(told(graph({ c: [1], d: [2] }, ['c', 'd']), graph({ c: [1], d: [2] }, ['d', 'c']))).toEqual([
      'it reads (d, c) where the other graph reads (c, d)',
    ])
  })

  it('is a constant where the other graph computes the same value', () => {
    const a = graph({}, ['x', 'made'])
    const values = new Map([['made', float32([1], [7])]])
    expect(told(a, graph({ made: [7] }, ['x', 'made']), values)).toEqual([])
    expect(told(a, graph({ made: [8] }, ['x', 'made']), values)).toEqual([
      'its constant "made" is float32[1] 8, in the other float32[1] 7',
    ])
  })
})
