import { describe, expect, it } from 'vitest'
import { Graph } from '../../src/onnx/graph/graph.js'
import { div, mul } from '../../src/onnx/math.js'
import { evaluate } from '../../src/runtime/evaluate.js'
import { pair } from './models.js'

const int = (x: number) => ({ dtype: 'int32', shape: [1], data: Int32Array.of(x) }) as const

/** `a / b` of integers. */
function quotient() {
  const graph = new Graph({ opset: 17 })
  const [a, b] = [graph.input('a', 'int32', [1]), graph.input('b', 'int32', [1])]
  return div(a, b)
}

describe('evaluate in a child process', () => {
  it('gives the same, and the same errors', async () => {
    const graph = new Graph({ opset: 17 })
    const y = mul(graph.input('x', 'float32', ['n', 2]), 2)
    const here = await evaluate(y, { x: pair(1, 0.1) })
    expect(await evaluate(y, { x: pair(1, 0.1) }, { isolate: true })).toEqual(here)
    for (const isolate of [false, true])
      await expect(evaluate(y, { X: pair(1, 2) }, { isolate })).rejects.toMatchObject({
        name: 'InputError',
        code: 'E_FEED_UNKNOWN',
        exitCode: 3,
      })
  })

  it.runIf(process.arch === 'x64' && process.platform !== 'win32')(
    'outlives a division that ends a process',
    async () => {
      const fatal = evaluate(quotient(), { a: int(-(2 ** 31)), b: int(-1) }, { isolate: true })
      await expect(fatal).rejects.toMatchObject({ name: 'CrashError', code: 'E_CRASH', exitCode: 4 })
      expect((await evaluate(quotient(), { a: int(7), b: int(-2) }, { isolate: true })).data).toEqual(Int32Array.of(-3))
    },
  )

  it('takes limits, and refuses those that would become others', async () => {
    const asked = evaluate(quotient(), { a: int(7), b: int(2) }, { isolate: { timeout: 2 ** 31 } })
    await expect(asked).rejects.toMatchObject({ code: 'E_LIMITS', exitCode: 2 })
    const soon = evaluate(quotient(), { a: int(7), b: int(2) }, { isolate: { timeout: 0.001 } })
    await expect(soon).rejects.toMatchObject({ code: 'E_TIMEOUT', exitCode: 5 })
  })
})
