import { describe, expect, it } from 'vitest'
import { Fault, InputError, isForeseen, refuse } from '../../src/io/fault.js'
import { RemoteError, toWire } from '../../src/runtime/isolation/wire.js'
import { ConfigError } from '../../src/yolo/index.js'

const thrown = (act: () => never): unknown => {
  try {
    return act()
  } catch (error) {
    return error
  }
}

describe('a fault', () => {
  it('tells its place, what is wrong there and what mends it, as data and as text', () => {
    const error = thrown(() => refuse('E_FILE', 'a\u001b.npz', 'is broken', 'save it again'))
    expect(error).toBeInstanceOf(InputError)
    expect(error).toMatchObject({ name: 'InputError', code: 'E_FILE', exitCode: 3, what: 'is broken' })
    expect((error as Fault).message).toBe('a\\u{1b}.npz: is broken\n  hint: save it again')
    expect((error as Fault).lead).toBe('a\\u{1b}.npz: is broken')
  })

  it('of a configuration names its key', () => {
    const error = new ConfigError('opset', 'is 3', { hint: 'take 17' })
    expect(error).toMatchObject({ key: 'opset', why: 'is 3', remedy: 'take 17', exitCode: 2 })
    expect(error.message).toBe('"opset" is 3\n  hint: take 17')
  })

  it('prints no control characters, whoever wrote them', () => {
    const [esc, c1, turned] = ['\u001b]0;title\u0007', '\u009b31m', '\u202e']
    const fault = new Fault('usage', 'E_USAGE', { where: 'a', what: `${esc} ${c1}\n  second ${turned}`, remedy: c1 })
    expect(fault.message).toBe('a: \\u{1b}]0;title\\u{7} \\u{9b}31m\n  second \\u{202e}\n  hint: \\u{9b}31m')
    const lines = thrown(() => {
      throw new ConfigError(`key\nyolo-loss: ${esc}`, `must be 3, got "${turned}"`, { file: `a${c1}.json` })
    }) as ConfigError
    expect(lines.message).toBe(
      'a\\u{9b}31m.json: "key\\u{a}yolo-loss: \\u{1b}]0;title\\u{7}" must be 3, got "\\u{202e}"',
    )
  })

  it('is foreseen unless it is of ours', () => {
    expect(isForeseen(new Fault('usage', 'E_USAGE', { where: '--text', what: 'no' }))).toBe(true)
    expect(isForeseen(new Fault('internal', 'E_GRAPH', { where: 'a', what: 'b' }))).toBe(false)
    expect(isForeseen(new Error('no'))).toBe(false)
  })

  it('comes whole through a process, any other error as one of ours', () => {
    const error = new ConfigError('opset', 'is 3', { hint: 'take 17' })
    const { name, message, code, exitCode, lead, remedy } = error
    expect(new RemoteError(toWire(error))).toMatchObject({ name, message, code, exitCode, lead, remedy })
    const other = new RemoteError(structuredClone(toWire(new TypeError('x is not a function'))))
    expect(other).toMatchObject({ name: 'TypeError', message: 'x is not a function', exitCode: 70 })
  })
})
