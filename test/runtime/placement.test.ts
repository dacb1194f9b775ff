import { describe, expect, it } from 'vitest'
import { encodeModel } from '../../src/onnx/proto/encode.js'
import { runTask } from '../../src/runtime/isolation/task.js'
import { placementOf } from '../../src/runtime/placement.js'
import { model, node, pair, value } from './models.js'

const event = (name: string, op: string, provider: string, index: number) =>
  `{"cat" : "Node","pid" :1,"name" :"${name}_kernel_time","args" : {"provider" : "${provider}","op_name" : "${op}","node_index" : "${index}"}},`
const session = '{"cat" : "Session","name" :"model_run","args" : {}},'
const profile = (...lines: string[]) => `[\n${lines.join('\n').slice(0, -1)}\n]\n`

describe('the placement in a profile', () => {
  it('lists each node once, though a loop runs it often, and counts copies apart', () => {
    const text = profile(
      session,
      event('a', 'Add', 'WebGpuExecutionProvider', 0),
      event('a', 'Add', 'WebGpuExecutionProvider', 0),
      event('Memcpy', 'MemcpyToHost', 'WebGpuExecutionProvider', 1),
      event('b', 'NonZero', 'CPUExecutionProvider', 2),
    )
    expect(placementOf(text)).toEqual({
      nodes: [
        { node: 'a', op: 'Add', provider: 'WebGpuExecutionProvider' },
        { node: 'b', op: 'NonZero', provider: 'CPUExecutionProvider' },
      ],
      memcpy: 1,
    })
  })

  it('is empty without node events', () => {
    expect(placementOf(profile(session))).toEqual({ nodes: [], memcpy: 0 })
  })

  it.each(['quote "', 'line\nbreak', 'bell\u0007', '"name" :"x_kernel_time","args" : {'])(
    'is read although onnxruntime writes a name such as %j unescaped',
    async (name) => {
      const bytes = encodeModel(
        model({
          inputs: [value('x', 'B', 2)],
          outputs: [value('y', 'B', 2)],
          nodes: [{ ...node('Relu', ['x'], 'y'), name }],
        }),
      )
      const { placement } = await runTask({
        file: 'm',
        model: bytes,
        session: { optimization: 'disabled' },
        feeds: [{ x: pair(1, 2) }],
        placement: 'strict',
      })
      expect(placement?.nodes).toEqual([{ node: name, op: 'Relu', provider: 'CPUExecutionProvider' }])
    },
  )
})
