import { float32 } from '../../src/io/tensor.js'
import { encodeModel } from '../../src/onnx/proto/encode.js'
import type { CaseContent } from '../../src/verify/cases/writecase.js'
import { model, node, pair, typed, value } from '../runtime/models.js'
import { writeSum } from '../verify/cases.js'

/** `y = x / w`: what is no number, infinity and −0 are exact too. */
export const quotient = encodeModel(
  model({
    inputs: [value('x', 'B', 2), value('w', 'B', 2)],
    outputs: [value('y', 'B', 2)],
    nodes: [node('Div', ['x', 'w'], 'y')],
  }),
)

const numbers = { loss: 10 / 3, xy_0: 1 / 3, wh_0: 1e-9, conf_0: 123456.789, class_0: 0, ignore_0: 1e21 }
const list = { dtype: 'int64', shape: [2], data: BigInt64Array.of(2n ** 53n + 1n, -3n) } as const
const flags = { dtype: 'bool', shape: [3], data: Uint8Array.of(1, 0, 1) } as const

/** A graph with the outputs of a loss, each a constant. */
export const constants = encodeModel(
  model({
    inputs: [value('x', 'B', 2)],
    outputs: [
      ...Object.keys(numbers).map((name) => value(name)),
      typed('int64', 'counts', 2),
      typed('bool', 'flags', 3),
      value('map', 'B', 2),
    ],
    initializers: [
      ...Object.entries(numbers).map(([name, x]) => ({ name: `c/${name}`, tensor: float32([], [x]) })),
      { name: 'c/counts', tensor: list },
      { name: 'c/flags', tensor: flags },
    ],
    nodes: [
      ...[...Object.keys(numbers), 'counts', 'flags'].map((name) => node('Identity', [`c/${name}`], name)),
      node('Identity', ['x'], 'map'),
    ],
  }),
)

const y = (...values: number[]): Pick<CaseContent, 'outputs'> => ({ outputs: [{ name: 'y', tensor: pair(...values) }] })
const inputs = (x: readonly number[], w: readonly number[]): Pick<CaseContent, 'inputs'> => ({
  inputs: [
    { name: 'x', tensor: pair(...x) },
    { name: 'w', tensor: pair(...w) },
  ],
})
const { NaN: nan, POSITIVE_INFINITY: infinity } = Number
const nothing = float32([0, 2], [])

/** Cases whose numbers are the same on every processor, and so are their reports. */
const cases: Readonly<Record<string, Partial<CaseContent>>> = {
  pass: {},
  near: { ...y(11, 22.5), tolerances: { rtol: 0, atol: 0.5 } },
  off: y(12, 22),
  'far-off': { ...inputs([1, 2, 3, 4], [10, 20, 30, 40]), ...y(11, 22, 32, -44) },
  infinite: { model: quotient, ...inputs([1, -1], [0, 0]), ...y(infinity, infinity) },
  nan: { model: quotient, ...inputs([0, 0], [0, 1]), ...y(nan, -0) },
  shape: y(11, 22, 33, 44),
  dtype: { outputs: [{ name: 'y', tensor: { dtype: 'int64', shape: [1, 2], data: BigInt64Array.of(11n, 22n) } }] },
  empty: {
    inputs: ['x', 'w'].map((name) => ({ name, tensor: nothing })),
    outputs: [{ name: 'y', tensor: nothing }],
  },
  evil: { model: encodeEvil(), outputs: [{ name: 'y\u001b[2J\u202e<&"', tensor: pair(11, 23) }] },
}

/** An output whose name could take over a terminal. */
function encodeEvil(): Uint8Array {
  const name = 'y\u001b[2J\u202e<&"'
  const [x, w] = [value('x', 'B', 2), value('w', 'B', 2)]
  return encodeModel(model({ inputs: [x, w], outputs: [value(name, 'B', 2)], nodes: [node('Add', ['x', 'w'], name)] }))
}

/** Writes them all, each in a folder of its name. */
export async function writeExact(root: string): Promise<void> {
  for (const [name, content] of Object.entries(cases)) await writeSum(root, name, content)
}
