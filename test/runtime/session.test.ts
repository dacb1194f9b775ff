import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Tensor } from '../../src/io/tensor.js'
import { encodeModel } from '../../src/onnx/proto/encode.js'
import { LimitError, RuntimeMissingError } from '../../src/runtime/errors.js'
import { loadRuntime, runtimeVersion } from '../../src/runtime/ort.js'
import { evaluateModel, openSession } from '../../src/runtime/session.js'
import { model, node, pair, sumBytes, typed, unary, value } from './models.js'

describe('a session', () => {
  it.each(['disabled', 'basic', 'extended', 'all'] as const)('runs at optimisation %s', async (optimization) => {
    const result = await evaluateModel(sumBytes, { x: pair(1, 2), w: pair(10, 20) }, { optimization, threads: 1 })
    expect([...result]).toEqual([['y', pair(11, 22)]])
  })

  it('gives outputs in graph order, whatever their names', async () => {
    const names = ['z', '1', 'a', '0']
    const bytes = encodeModel(
      model({
        inputs: [value('x', 'B', 2)],
        outputs: names.map((n) => value(n, 'B', 2)),
        nodes: names.map((n) => node('Relu', ['x'], n)),
      }),
    )
    expect([...(await evaluateModel(bytes, { x: pair(1, 2) })).keys()]).toEqual(names)
  })

  const halves: Tensor = { dtype: 'float16', shape: [2], data: Uint16Array.of(0x3c00, 0xfc00) }
  it.each<[Tensor]>([
    [halves],
    [{ dtype: 'float64', shape: [1], data: Float64Array.of(0.1) }],
    [{ dtype: 'int32', shape: [1], data: Int32Array.of(-7) }],
    [{ dtype: 'int64', shape: [1], data: BigInt64Array.of(2n ** 62n) }],
    [{ dtype: 'bool', shape: [2], data: Uint8Array.of(1, 0) }],
    [{ dtype: 'float32', shape: [], data: Float32Array.of(2) }],
    [{ dtype: 'float32', shape: [0, 2], data: new Float32Array() }],
  ])('passes %o through unchanged', async (tensor) => {
    const bytes = unary('Identity', tensor.dtype, ...tensor.shape)
    expect((await evaluateModel(bytes, { x: tensor })).get('y')).toEqual(tensor)
  })

  it('writes its profile on release', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'profile-'))
    const session = await openSession(sumBytes, { profilePrefix: join(dir, 'p') })
    await session.run({ x: pair(1, 2), w: pair(3, 4) })
    await session.release()
    expect(await readdir(dir)).toHaveLength(1)
    await rm(dir, { recursive: true })
  })
})

describe('feeds', () => {
  const x = pair(1, 2)
  const w = pair(3, 4)
  const wide: Tensor = { dtype: 'float32', shape: [1, 3], data: new Float32Array(3) }
  it.each([
    ['a misspelt name', { x, W: w }, 'the model has no input "W"\n  hint: did you mean "w"?'],
    ['an extra name', { x, w, mask: w }, 'no input "mask"\n  hint: its inputs are "x", "w"'],
    ['a missing input', { x }, 'sum.onnx: no value for input "w"'],
    [
      'another element type',
      { x, w: { ...w, dtype: 'int32', data: Int32Array.of(1, 2) } as Tensor },
      'input "w" has the wrong element type: the model takes float32[B,2], got int32[1,2]',
    ],
    ['another size', { x: wide, w }, 'input "x" has the wrong shape: the model takes float32[B,2], got float32[1,3]'],
    ['another rank', { x: { ...x, shape: [2] }, w }, 'the model takes float32[B,2], got float32[2]'],
    [
      'one symbol with two sizes',
      { x, w: pair(1, 2, 3, 4) },
      'got float32[2,2]\n  hint: sizes fixed by the inputs before it: B=1',
    ],
    ['data of another length', { x: { ...x, shape: [2, 2] }, w }, 'input "x" needs 16 bytes of data and has 8'],
  ])('refuses %s', async (_, feeds, message) => {
    const run = evaluateModel(sumBytes, feeds, { file: 'sum.onnx' })
    await expect(run).rejects.toMatchObject({ exitCode: 3 })
    await expect(run).rejects.toThrow(message)
  })
})

describe('what onnxruntime refuses is told in words of ours', () => {
  it.each([
    [
      'an unknown operator',
      unary('Rellu', 'float32', 2),
      'm: onnxruntime refuses the model: This is an invalid model. In Node, ("n/y", Rellu',
    ],
    [
      'a dangling input',
      encodeModel(model({ outputs: [value('y')], nodes: [node('Relu', ['q'], 'y')] })),
      "Node input 'q' is not",
    ],
    ['a type without a kernel', unary('Softplus', 'float64', 2), 'Could not find an implementation for Softplus'],
    [
      'an output named __proto__',
      encodeModel(model({ outputs: [value('__proto__')] })),
      'which onnxruntime-node cannot handle',
    ],
  ])('%s', async (_, bytes, message) => {
    const opened = openSession(bytes, { file: 'm' })
    await expect(opened).rejects.toMatchObject({ name: 'InputError', exitCode: 3 })
    await expect(opened).rejects.toThrow(message)
  })

  it('a node that fails, without the C++ file', async () => {
    const bytes = encodeModel(
      model({
        inputs: [value('x', 'B', 'N'), value('w', 'C', 'M')],
        outputs: [value('y', 'B', 'N')],
        nodes: [node('Mul', ['x', 'w'], 'y')],
      }),
    )
    const wide: Tensor = { dtype: 'float32', shape: [1, 3], data: new Float32Array(3) }
    const error = await evaluateModel(bytes, { x: pair(1, 2), w: wide }).catch((e: Error) => e)
    expect(error).toMatchObject({ name: 'InputError', code: 'E_RUN', exitCode: 3 })
    expect((error as Error).message).toBe(
      'model: node "n/y" (Mul) failed: Attempting to broadcast an axis by a dimension other than 1. 2 by 3',
    )
    expect((error as Error).cause).toBeInstanceOf(Error)
  })

  it('want of memory, with the exit code of limits', async () => {
    const shape: Tensor = { dtype: 'int64', shape: [2], data: BigInt64Array.of(10n ** 9n, 10n ** 5n) }
    const bytes = encodeModel(
      model({
        inputs: [value('x', 1, 1), typed('int64', 's', 2)],
        outputs: [value('y', 'a', 'b')],
        nodes: [node('Expand', ['x', 's'], 'y')],
      }),
    )
    const one: Tensor = { dtype: 'float32', shape: [1, 1], data: Float32Array.of(1) }
    const error = await evaluateModel(bytes, { x: one, s: shape }).catch((e: Error) => e)
    expect(error).toBeInstanceOf(LimitError)
    expect(error).toMatchObject({ exitCode: 5 })
  })
})

describe('onnxruntime-node', () => {
  it('is asked for by name, with the command that installs it, when it is absent', async () => {
    const absent = async () => {
      throw new Error("Cannot find package 'onnxruntime-node' imported from /somewhere/else/x.js")
    }
    const error = await loadRuntime(absent).catch((e: Error) => e)
    expect(error).toBeInstanceOf(RuntimeMissingError)
    expect(error).toMatchObject({ exitCode: 4 })
    expect((error as Error).message).toMatch(/^onnxruntime-node: not installed\n {2}hint: npm install onnxruntime-node/)
    expect((error as Error).message).not.toContain('/somewhere')
  })

  it('says what keeps it from loading when it is present', async () => {
    const broken = async () => {
      throw new Error("Cannot find module '../bin/napi-v6/darwin/x64/onnxruntime_binding.node'\nRequire stack: …")
    }
    await expect(loadRuntime(broken)).rejects.toThrow("cannot be loaded: Cannot find module 'onnxruntime_binding.node'")
  })

  it('names its version', async () => {
    expect(await runtimeVersion()).toMatch(/^\d+\.\d+\.\d+/)
  })
})
