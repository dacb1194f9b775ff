import { existsSync, readdirSync } from 'node:fs'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Tensor } from '../../src/io/tensor.js'
import { encodeModel } from '../../src/onnx/proto/encode.js'
import { creationFailed } from '../../src/runtime/creation.js'
import { defaultLimits, type Limits } from '../../src/runtime/isolation/child.js'
import { Isolate } from '../../src/runtime/isolation/isolate.js'
import type { Task } from '../../src/runtime/isolation/task.js'
import { scratch } from '../verify/cases.js'
import { endless, huge, pair, sumBytes } from './models.js'

const root = await scratch()
const folders = () => readdirSync(root).filter((name) => name.startsWith('yolo-loss-'))
const open: Isolate[] = []
const isolate = (limits: Partial<Limits> = {}): Isolate => {
  const made = new Isolate({ provider: 'cpu', limits: { ...defaultLimits, ...limits } })
  open.push(made)
  return made
}
afterEach(() => {
  for (const made of open.splice(0)) made.close()
})

const task = (change: Partial<Task> = {}): Task => ({
  file: 'sum.onnx',
  model: sumBytes,
  session: { provider: 'cpu', optimization: 'all' },
  feeds: [{ x: pair(1, 2), w: pair(10, 20) }],
  placement: 'strict',
  ...change,
})

const shape: Tensor = { dtype: 'int64', shape: [2], data: BigInt64Array.of(40_000n, 10_000n) }
const one: Tensor = { dtype: 'float32', shape: [1, 1], data: Float32Array.of(1) }

describe('a child process', () => {
  it.each<[Partial<Limits>, string]>([
    [{ timeout: 2 ** 31 }, 'timeout: must be a number from 0.001 to 2147483, got 2147483648'],
    [{ timeout: Number.NaN }, 'timeout: must be a number from 0.001 to 2147483, got NaN'],
    [{ memory: 2 ** 53 }, 'memory: must be a number from 128 to 16777216, got 9007199254740992'],
  ])('is not started with limits that would become others: %j', (limits, message) => {
    expect(() => isolate(limits)).toThrow(message)
  })

  it('gives outputs and placement, one task after another, and keeps nothing', async () => {
    vi.stubEnv('TMPDIR', root)
    const child = isolate()
    const [first, second] = await Promise.all([child.run(task()), child.run(task())])
    expect(first?.runs).toEqual([{ outputs: new Map([['y', pair(11, 22)]]), unread: new Map() }])
    expect(first?.placement).toEqual({
      nodes: [{ node: 'n/y', op: 'Add', provider: 'CPUExecutionProvider' }],
      memcpy: 0,
    })
    expect(second).toEqual(first)
    expect(folders()).toHaveLength(1)
    child.close()
    expect(folders()).toEqual([])
    vi.unstubAllEnvs()
  })

  it('passes on the error of a run with its code, and serves the next task', async () => {
    const child = isolate()
    const pid = child.pid
    const wrong = await child.run(
      task({
        feeds: [
          { X: pair(1, 2), w: pair(1, 2) },
          { x: one, w: one },
        ],
      }),
    )
    expect(wrong.runs).toMatchObject([{ error: { code: 'E_FEED_UNKNOWN', exitCode: 3 } }, { error: { exitCode: 3 } }])
    const broken = child.run(task({ model: new Uint8Array(), file: 'empty.onnx' }))
    await expect(broken).rejects.toMatchObject({ name: 'InputError', code: 'E_EMPTY', exitCode: 3 })
    expect((await child.run(task())).runs).toHaveLength(1)
    expect(child.pid).toBe(pid)
  })

  it('that hangs is ended at its time limit with exit code 5, and replaced', async () => {
    const child = isolate({ timeout: 10 })
    const pid = child.pid as number
    const hung = child.run(task({ model: encodeModel(endless), file: 'endless.onnx', feeds: [{}] }))
    const next = child.run(task())
    await expect(hung).rejects.toMatchObject({ name: 'LimitError', code: 'E_TIMEOUT', exitCode: 5 })
    await expect(hung).rejects.toThrow('endless.onnx: not done after 10 s; its process was ended')
    expect((await next).runs).toHaveLength(1)
    expect(child.pid).not.toBe(pid)
    await expect.poll(() => existsSync(`/proc/${pid}`)).toBe(false)
  })

  it.skipIf(process.platform === 'win32')('that wants too much memory is refused it, with exit code 5', async () => {
    const child = isolate({ memory: 1024 })
    const big = await child.run(task({ model: encodeModel(huge), file: 'huge.onnx', feeds: [{ x: one, s: shape }] }))
    expect(big.runs).toMatchObject([{ error: { name: 'LimitError', code: 'E_MEMORY', exitCode: 5 } }])
    expect((await child.run(task())).runs).toHaveLength(1)
  })

  it('too small for the threads of onnxruntime has met its limit', () => {
    const cause = new Error('pthread_create failed, error code: 12 error msg: Cannot allocate memory')
    expect(creationFailed(cause, 'cpu', 'sum.onnx')).toMatchObject({ code: 'E_MEMORY', exitCode: 5 })
  })

  it('that dies is a crash with exit code 4, and replaced', async () => {
    const child = isolate()
    await child.run(task())
    const gone = child.run(task({ model: encodeModel(endless), feeds: [{}] }))
    setTimeout(() => process.kill(child.pid as number, 'SIGSEGV'), 100)
    await expect(gone).rejects.toMatchObject({ name: 'CrashError', code: 'E_CRASH', exitCode: 4 })
    await expect(gone).rejects.toThrow('sum.onnx: the process that ran it was ended by SIGSEGV')
    expect((await child.run(task())).runs).toHaveLength(1)
  })

  it('ended by the system, which does so for want of memory, has met its limit', async () => {
    const child = isolate()
    await child.run(task())
    const gone = child.run(task({ model: encodeModel(endless), feeds: [{}] }))
    setTimeout(() => process.kill(child.pid as number, 'SIGKILL'), 100)
    await expect(gone).rejects.toMatchObject({ code: 'E_MEMORY', exitCode: 5 })
  })
})
