import {
  decodeNpz,
  encodeModel,
  encodeNpz,
  evaluateModel,
  Graph,
  InputError,
  openSession,
  ops,
  type Tensor,
} from 'onnx-yolo-loss'
import { describe, expect, it } from 'vitest'

const two: Tensor<'float32'> = { dtype: 'float32', shape: [2], data: Float32Array.of(1, 3) }

/** y = 2·x */
function doubled(): Uint8Array {
  const graph = new Graph()
  return encodeModel(graph.build({ y: ops.mul(graph.input('x', 'float32', [2]), 2) }))
}

describe('tensors by name are objects, in and out', () => {
  it('of an archive', async () => {
    const arrays = await decodeNpz(await encodeNpz({ a: two, b: { ...two, shape: [1, 2] } }), 'a.npz')
    expect(Object.entries(arrays)).toEqual([
      ['a', two],
      ['b', { ...two, shape: [1, 2] }],
    ])
  })

  it('of an archive as a list, too: the bytes are the same', async () => {
    expect(await encodeNpz({ a: two })).toEqual(await encodeNpz([{ name: 'a', tensor: two }]))
  })

  it('whatever the name: none is inherited', async () => {
    const arrays = await decodeNpz(await encodeNpz([{ name: '__proto__', tensor: two }]), 'a.npz')
    expect([Object.keys(arrays), arrays.toString, Object.getPrototypeOf(arrays)]).toEqual([['__proto__'], undefined, null]) // biome-ignore format: one line
    expect(await encodeNpz(arrays)).toEqual(await encodeNpz([{ name: '__proto__', tensor: two }]))
  })

  it('of a model that is run once, and of one that stays open', async () => {
    const session = await openSession(doubled())
    const outputs = [await session.run({ x: two }), await evaluateModel(doubled(), { x: two })]
    const { outputs: any, unread } = await session.runAny({ x: two })
    await session.release()
    for (const own of [...outputs, any]) expect([...(own.y?.data ?? [])]).toEqual([2, 6])
    expect(unread).toEqual({})
    const kept = await decodeNpz(await encodeNpz(outputs[0] ?? {}), 'y.npz')
    expect(kept.y).toEqual(outputs[1]?.y)
  })

  it('and a Map is refused, whose entries would be lost', async () => {
    const map = new Map([['x', two]])
    await expect(encodeNpz(map as never)).rejects.toThrow(InputError)
    await expect(encodeNpz(map as never)).rejects.toThrow('got a Map')
    await expect(evaluateModel(doubled(), map as never)).rejects.toThrow('got a Map')
  })
})
