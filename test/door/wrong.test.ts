import * as library from 'onnx-yolo-loss'
import { describe, expect, it } from 'vitest'
import { functions, methods, operators, sample } from './examples.js'

/** A value of each kind that no careful caller would hand over. */
const wrong: Readonly<Record<string, unknown>> = {
  undefined: undefined,
  null: null,
  NaN: Number.NaN,
  'an empty text': '',
  'a text': 'x',
  'an empty list': [],
  'an empty object': {},
  'a fraction': 1.5,
  'a number below 0': -1,
  'a bigint': 10n,
  'a symbol': Symbol('s'),
  'a function': () => undefined,
  'a list of nothing': [undefined],
}

const errors = ['ConfigError', 'GraphError', 'InputError', 'ProviderError', 'RuntimeMissingError', 'BoxError', 'Fault']

/** What is an answer, not an error, and why it may be. */
const good = await import('./good.js')

type Call = (...given: never[]) => unknown
type Args = readonly unknown[]

const callOf = (name: string): Call => {
  const own: unknown = new Map<string, unknown>(Object.entries(library)).get(name)
  return name === 'Graph' ? (options: never) => new library.Graph(options) : (own as Call)
}

/** How a call ends: in one of our errors, in an answer, or as it must not. */
async function ending(call: Call, given: readonly unknown[]): Promise<string> {
  try {
    await call(...(given as never[]))
    return 'answer'
  } catch (error) {
    const { name, code, message } = error as Error & { code?: unknown }
    return errors.includes(name) && String(code).startsWith('E_') ? 'error' : `${name}: ${message}`
  }
}

/** What is amiss where each wrong value stands in each place of a call. */
async function amissIn(name: string, call: () => Call, examples: () => readonly unknown[]): Promise<string[]> {
  const places = examples().length
  const found: string[] = []
  for (let place = 0; place < places; place++)
    for (const [kind, value] of Object.entries(wrong)) {
      const given = examples().with(place, value)
      const told = `${name}, argument ${place + 1}, ${kind}`
      const end = await ending(call(), given)
      const expected = good.isAnswer(name, place + 1, kind) ? 'answer' : 'error'
      if (end !== expected) found.push(`${told}: ${end}`)
    }
  return found
}

const callables = Object.entries(library).filter(([, own]) => typeof own === 'function').map(([name]) => name) // biome-ignore format: one line

/** The options that an argument may have, as the refusal of a number in its place lists them. */
async function optionsIn(call: Call, examples: Args, place: number): Promise<string[]> {
  const why = await Promise.resolve()
    .then(() => call(...(examples.with(place, 5) as never[])))
    .then(() => '', (error: Error) => error.message) // biome-ignore format: one line
  const [, needed, left] = / an object (?:with (.*) )?that may have (.*); got 5/.exec(why) ?? []
  return [needed, left].flatMap((names) => names?.split(', ') ?? [])
}

/** Values of the right kind that do more than give an answer: a function of anybody's, and files of profiles. */
const unrun = ['runner, a function', 'profilePrefix, a text', 'profilePrefix, an empty text']

/** Functions whose last argument is an object of options. */
const found: string[] = []

describe('a value of the wrong kind ends in one of our errors, in every place', () => {
  it('there are good arguments for every function, operator and method', () => {
    const exempt = callables.filter((name) => name.endsWith('Error'))
    expect(callables.filter((name) => !exempt.includes(name)).sort()).toEqual(Object.keys(functions).sort())
    expect(Object.keys(library.ops).sort()).toEqual(Object.keys(operators).sort())
    const own = Object.getOwnPropertyNames(Object.getPrototypeOf(library.Graph.prototype))
    expect(own.filter((name) => name !== 'constructor').sort()).toEqual(Object.keys(methods).sort())
  })

  it.each(Object.entries(functions))('%s', async (name, examples) => {
    const call = callOf(name)
    expect(await ending(call, examples())).toBe('answer')
    expect(await amissIn(name, () => call, examples)).toEqual([])
  })

  it.each(Object.entries(operators))('ops.%s', async (name, examples) => {
    const call = library.ops[name as keyof typeof library.ops] as Call
    expect(await ending(call, examples(sample()))).toBe('answer')
    expect(await amissIn(`ops.${name}`, () => call, () => examples(sample()))).toEqual([]) // biome-ignore format: one line
  })

  it.each(Object.entries(methods))('Graph.%s', async (name, examples) => {
    const at = () => {
      const own = sample()
      return { own, call: (own.graph[name as keyof typeof own.graph] as Call).bind(own.graph) }
    }
    let now = at()
    expect(await ending(now.call, examples(now.own))).toBe('answer')
    const fresh = () => {
      now = at()
      return examples(now.own)
    }
    expect(await amissIn(`Graph.${name}`, () => now.call, fresh)).toEqual([])
  })
})

describe('of an object of options', () => {
  it.each(Object.entries(functions))('of %s every entry is looked at, and no other taken', async (name, examples) => {
    const call = callOf(name)
    const last = examples().length - 1
    const options = await optionsIn(call, examples(), last)
    if (options.length > 0) found.push(name)
    const amiss: string[] = []
    for (const key of options)
      for (const [kind, value] of Object.entries(wrong)) {
        const given = { ...(examples()[last] as object), [key]: value }
        if (unrun.includes(`${key}, ${kind}`)) continue
        const end = await ending(call, examples().with(last, given))
        if (end !== 'error' && end !== 'answer') amiss.push(`${name}, ${key}, ${kind}: ${end}`)
      }
    expect(amiss).toEqual([])
    if (options.length === 0) return
    const mistyped = { ...(examples()[last] as object), [`${options[0]}s`]: 1 }
    const asked = Promise.resolve().then(() => call(...(examples().with(last, mistyped) as never[])))
    await expect(asked).rejects.toThrow(
      new RegExp(`${options[0]}s:? must be left out: there is no such option, did you mean ${options[0]}[?]`),
    )
  })

  it('are all that have one', () => {
    const all =
      'Graph attachLoss decodeNpz detachLoss evaluate evaluateModel identify lintTraining newHeads openSession probe'
    const more = 'referenceGradients renderReport replaceLoss toJson trainingPlan trainingStep verifyCase'
    expect(found).toEqual(`${all} ${more}`.split(' '))
  })
})
