import { describe, expect, it } from 'vitest'
import { dissect } from '../../../src/onnx/proto/dissect.js'
import { encodeModel } from '../../../src/onnx/proto/encode.js'
import { readModel } from '../../../src/onnx/proto/read.js'
import { runTask } from '../../../src/runtime/isolation/task.js'
import { model, node, pair, value } from '../../runtime/models.js'

/** `y = −(|x| + |x|)`, and `|x|` itself. */
const bytes = encodeModel(
  model({
    inputs: [value('x', 'B', 2)],
    outputs: [value('y', 'B', 2), value('a', 'B', 2)],
    nodes: [node('Abs', ['x'], 'a'), node('Add', ['a', 'a'], 's'), node('Neg', ['s'], 'y')],
  }),
)
const graph = dissect(bytes, 'model')

async function outputsOf(part: Uint8Array, feeds: Record<string, ReturnType<typeof pair>>) {
  const { runs } = await runTask({ file: 'part', model: part, session: {}, feeds: [feeds] })
  const [run] = runs
  return run && 'outputs' in run ? Object.fromEntries([...run.outputs].map(([name, t]) => [name, [...t.data]])) : run
}

describe('a model without some of its nodes', () => {
  it('is fed what they make', async () => {
    const part = graph.without([1], new Map([['s', pair(5, 6)]]))
    expect(readModel(part, 'part').inputs.map(({ name }) => name)).toEqual(['x', 's'])
    expect(await outputsOf(part, { x: pair(1, -2), s: pair(5, 6) })).toEqual({ y: [-5, -6], a: [1, 2] })
  })

  it('has no output that is fed', async () => {
    const part = graph.without([0], new Map([['a', pair(3, 4)]]))
    expect(await outputsOf(part, { a: pair(3, 4), x: pair(0, 0) })).toEqual({ y: [-6, -8] })
  })
})
