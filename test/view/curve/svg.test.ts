import fc from 'fast-check'
import sax from 'sax'
import { describe, expect, it } from 'vitest'
import type { Told } from '../../../src/fit/index.js'
import type { History } from '../../../src/view/curve/history.js'
import { curveSvg } from '../../../src/view/curve/svg.js'
import { historyOf } from './lines.js'

/** An element of a drawing: its name, its attributes, and the text in it. */
interface Drawn {
  readonly name: string
  readonly given: Readonly<Record<string, string>>
  text: string
}

/** The elements of a drawing. @throws for what is no XML */
function elementsOf(svg: string): Drawn[] {
  const all: Drawn[] = []
  const open: Drawn[] = []
  const options = { strictEntities: true, position: true }
  const parser = sax.parser(true, options)
  parser.onerror = (error) => {
    throw error
  }
  parser.onopentag = ({ name, attributes }) => {
    const drawn = { name, given: attributes as Record<string, string>, text: '' }
    all.push(drawn)
    open.push(drawn)
  }
  parser.ontext = (text) => {
    for (const around of open) around.text += text
  }
  parser.onclosetag = () => void open.pop()
  parser.write(svg).close()
  return all
}

const drawing = (...runs: readonly History[]) => elementsOf(curveSvg(runs))
const named = (all: readonly Drawn[], name: string): Drawn[] => all.filter((one) => one.name === name)
const texts = (all: readonly Drawn[]): string[] => named(all, 'text').map(({ text }) => text)
const titles = (all: readonly Drawn[]): string[] =>
  named(all, 'text').flatMap(({ given, text }) => (given.class === 'title' && given.x !== '70' ? [text] : []))
const linesOf = (all: readonly Drawn[], looks: string): Drawn[] =>
  named(all, 'path').filter(({ given }) => given.class === looks)

const falling = Array.from({ length: 40 }, (_, i) => 2 + 300 * 0.8 ** i)
const terms = (step: number) => ({
  terms: { xy_0: 3 / (step + 1), xy_1: 2 / (step + 3), conf_0: 1 / (step + 2), refused: 0 },
})

describe('a drawing of one training', () => {
  const all = drawing(historyOf(falling, terms))

  it('has a panel for each number, with the terms of all scales together, and says where factors are equal', () => {
    expect(titles(all).slice(1)).toEqual(['loss (log axis)', 'excess: the loss above its floor (log axis)', 'learning rate', 'xy (log axis)', 'conf']) // biome-ignore format: one line
  })

  it('has none for a count that is the same at every step, and tells it in words', () => {
    expect(titles(all)).not.toContain('refused')
    expect(named(all, 'desc')[0]?.text).toContain('at the end refused 0')
  })

  it('names its lines beside them', () => {
    for (const name of ['loss', 'floor', 'excess', 'rate', 'xy_0', 'xy_1', 'conf_0']) expect(texts(all)).toContain(name)
    expect(texts(all)).not.toContain('validation')
  })

  it('tells in words what it shows', () => {
    const [root] = all
    const ids = named(all, 'title').concat(named(all, 'desc')).flatMap(({ given }) => given.id ?? []) // biome-ignore format: one line
    expect(root?.given).toMatchObject({ role: 'img', 'aria-labelledby': ids.join(' ') })
    const [words] = named(all, 'desc')
    expect(words?.text).toMatch(
      /^a\.jsonl: 40 steps, to epoch 3\.9, in 20 s; loss 302 to 2\.05, least 2\.05; floor 1 to 1/,
    )
  })

  it('lets lines fall from left above to right below', () => {
    const [path] = linesOf(all, 'line c0 r0')
    const points = [...(path?.given.d ?? '').matchAll(/([\d.]+) ([\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)])
    expect(points).toHaveLength(40)
    for (const [i, [x = 0, y = 0]] of points.entries()) {
      const [before = 0, above = 0] = points[i - 1] ?? [0, 0]
      expect([x > before, y > above]).toEqual([true, true])
    }
  })

  it('has colours for the light and for the dark, and none but of its style', () => {
    const svg = curveSvg([historyOf(falling)])
    expect(svg).toContain('@media (prefers-color-scheme:dark)')
    expect(svg.replace(/<style>.*?<\/style>/s, '')).not.toMatch(/#[0-9a-f]{3,6}\b|rgb|hsl/)
  })
})

describe('a drawing of two trainings', () => {
  const other = historyOf(falling.slice(0, 20), (step) => ({ ...terms(step), validation: { loss: 9, images: 4 } }), 'b.jsonl') // biome-ignore format: one line
  const all = drawing(historyOf(falling, terms), other)

  it('tells them apart by pattern and letter, not by colour alone', () => {
    expect(texts(all)).toEqual(expect.arrayContaining(['A loss', 'B loss', 'B validation', 'A', 'B']))
    expect(linesOf(all, 'line c0 r0').length).toBeGreaterThan(0)
    expect(linesOf(all, 'line c1 r1').length).toBe(linesOf(all, 'line c0 r0').length + 1)
    expect(curveSvg([other, other])).toMatch(/\.r1\{stroke-dasharray/)
  })

  it('has them on one axis, and each term by itself', () => {
    const [a, b] = [linesOf(all, 'line c0 r0')[0], linesOf(all, 'line c1 r1')[0]]
    const start = (line: Drawn | undefined) => line?.given.d?.split('L')[0]
    expect(start(a)).toBe(start(b))
    expect(titles(all)).toEqual(expect.arrayContaining(['xy_0', 'xy_1', 'conf_0']))
  })

  it('describes both', () => {
    expect(named(all, 'desc')[0]?.text).toMatch(/a\.jsonl: 40 steps.*b\.jsonl: 20 steps.*validation 9 to 9/)
  })
})

describe('a gap', () => {
  it('parts the line, and is marked', () => {
    const all = drawing(historyOf([5, 4, 'NaN', 4, 'Infinity', 3, 3]))
    // Of loss and excess.
    expect(named(all, 'path').filter(({ given }) => given.class === 'gap')).toHaveLength(4)
    expect(linesOf(all, 'line c0 r0').length).toBe(3 + 3 + 1)
    expect(named(all, 'desc')[0]?.text).toContain('the loss is NaN or infinite at 2 steps')
  })
})

describe('a long gap', () => {
  it('has one mark from its beginning to its end', () => {
    const all = drawing(historyOf([9, 8, ...Array<Told>(50).fill('NaN'), 7]))
    const gaps = named(all, 'path').filter(({ given }) => given.class === 'gap')
    expect(gaps.map(({ given }) => given.d?.match(/M/g)?.length)).toEqual([3, 3])
  })
})

describe('a long name', () => {
  it('is shortened in its middle beside its line, and whole in the tip of it', () => {
    const all = drawing(historyOf([3, 2], (step) => ({ terms: { a_very_long_name_of_a_term: step } })))
    expect(texts(all)).toContain('a_ve…_a_term')
    expect(named(all, 'title').map(({ text }) => text)).toContain('a_very_long_name_of_a_term')
  })
})

describe('names that there is no room for', () => {
  const long = `${'n'.repeat(150)}/${'W'.repeat(168)}_0`
  const wide = '\u6f22\ud83d\ude00'.repeat(60)
  const svg = curveSvg([
    historyOf(falling, (step) => ({ terms: { [long]: 2 / (step + 1) ** 2, [wide]: 1 + step } }), `${long}.jsonl`),
  ])
  const all = elementsOf(svg)
  const drawn = named(all, 'text')

  it('are shortened in their middle, to the panel, the picture, or the side of a line', () => {
    // No text of any panel reaches beyond that: a half of the picture is 455 pixels wide, of no more than 24 wide characters.
    for (const { text } of drawn.filter(({ text }) => /W{2}|nn|\u6f22/.test(text)))
      expect(text).toMatch(/^.+\u2026.+$/u)
    const longest = Math.max(...drawn.filter(({ text }) => text.includes('WWW')).map(({ text }) => text.length))
    expect(longest).toBeLessThan(110)
    for (const { text } of drawn.filter(({ text }) => text.includes('\u6f22'))) expect(Array.from(text).length).toBeLessThan(40) // biome-ignore format: one line
    expect(svg).not.toMatch(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/)
  })

  it('keep what is written after them', () => {
    expect(drawn.filter(({ text }) => /_0\.jsonl \u2014 40 steps, to epoch 3\.9, in 20 s$/.test(text))).toHaveLength(1)
    expect(drawn.filter(({ text }) => /^n+\u2026W+ \(log axis\)$/.test(text))).toHaveLength(1)
  })

  it('are whole in the tip of them', () => {
    const tips = named(all, 'title').map(({ text }) => text)
    for (const whole of [`${long}.jsonl`, long, wide]) expect(tips).toContain(whole)
  })
})

/** Where the axes of the panels begin and end, in pixels. */
const edges = (all: readonly Drawn[]): [number, number][] =>
  linesOf(all, 'axis').map(({ given }) => {
    const [, left, right] = /^M([\d.]+) .*H([\d.]+)$/.exec(given.d ?? '') ?? []
    return [Number(left), Number(right)]
  })

describe('panels below one another', () => {
  it('have the same edges, whatever is beside their lines', () => {
    const terms = (step: number) => ({ terms: { a: step, a_very_long_name: step, '2_': 1e-9 * step, b: 1e300 * step } })
    const [loss, ...halves] = edges(drawing(historyOf(falling, terms)))
    expect(halves).toHaveLength(6)
    const [left, right] = [new Set(halves.map(([from]) => from)), new Set(halves.map(([, to]) => to))]
    expect([left.size, right.size]).toEqual([2, 2])
    expect([left.has(loss?.[0] as number), right.has(loss?.[1] as number)]).toEqual([true, true])
  })

  it('have so for two trainings, by thirds', () => {
    const terms = (step: number) => ({ terms: { a: step, b: 1e9 * step, c: 1e-7 * step, d: step, e: step, f: -step } })
    const thirds = edges(drawing(historyOf(falling, terms), historyOf(falling, terms))).slice(3)
    expect(thirds).toHaveLength(6)
    expect([new Set(thirds.map(([from]) => from)).size, new Set(thirds.map(([, to]) => to)).size]).toEqual([3, 3])
  })
})

describe('a constant', () => {
  it.each([
    [0.0001, '2e-4'],
    [0.001, '0.002'],
  ])('of %d is a flat line in the middle of its axis, however many steps there are', (rate, twice) => {
    const all = drawing(historyOf(Array<Told>(30_000).fill(2), () => ({ rate })))
    const [line] = linesOf(all, 'line c0 r0').filter((_, i) => i === 2)
    expect(new Set([...(line?.given.d ?? '').matchAll(/ ([\d.]+)/g)].map(([, y]) => y)).size).toBe(1)
    expect(texts(all)).toContain(twice)
  })
})

describe('a floor', () => {
  const floors = (all: readonly Drawn[]) => linesOf(all, 'line c1 r0 floor')
  const [top, bottom] = [60, 400]

  it('below the loss is within the axis', () => {
    const all = drawing(historyOf([-4, -5, -4.5], () => ({ floor: -6 })))
    const y = Number(/^M[\d.]+ ([\d.]+)/.exec(floors(all)[0]?.given.d ?? '')?.[1])
    const axis = Number(/V([\d.]+)H/.exec(linesOf(all, 'axis')[0]?.given.d ?? '')?.[1])
    expect(y).toBeGreaterThan(top)
    expect(axis - y).toBeGreaterThan(5)
    expect(axis).toBeLessThan(bottom)
    expect(titles(all)[1]).toBe('loss')
  })

  it('of 0 below an axis of equal factors is not drawn, and said to be below', () => {
    const all = drawing(historyOf(falling, () => ({ floor: 0 })))
    expect(floors(all)).toEqual([])
    expect(texts(all)).not.toContain('floor')
    expect(titles(all)[1]).toBe('loss (log axis; below it: floor down to 0)')
  })
})

describe('what is nearly nothing', () => {
  const tiny = (step: number) => (step === 7 ? 1e-300 : 1 / (step + 1) ** 2)

  it('lies below its axis, whose title says so', () => {
    const two = drawing(historyOf(falling, (step) => ({ terms: { a_0: tiny(step), a_1: 1 } })))
    expect(titles(two)).toContain('a (log axis; below it: a_0 down to 1e-300)')
    const many = Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`scale_${i}`, i]))
    const all = drawing(historyOf(falling, (step) => ({ terms: Object.fromEntries(Object.keys(many).map((name) => [name, tiny(step)])) }))) // biome-ignore format: one line
    expect(titles(all).find((title) => title.includes('scale'))).toMatch(/^.{1,60}\u2026.{1,60}$/)
  })

  it('is told in few words in a panel of one number', () => {
    const [a, b] = [historyOf(falling, (step) => ({ terms: { a: tiny(step) } })), historyOf(falling)]
    expect(titles(drawing(a, b))).toContain('a (log axis; down to 1e-300)')
  })
})

describe('one step', () => {
  const all = drawing(historyOf([3], () => ({ terms: { a: 1 } })))

  it('is a mark in the middle of each panel', () => {
    const dots = named(all, 'circle')
    expect(dots).toHaveLength(4)
    const [from, to] = edges(all)[0] as [number, number]
    expect(Math.abs(Number(dots[0]?.given.cx) - (from + to) / 2)).toBeLessThan(3)
    expect(linesOf(all, 'line c1 r0 floor')[0]?.given.d).toMatch(/h12$/)
  })

  it('is counted as one', () => {
    expect(named(all, 'desc')[0]?.text).toMatch(/^a\.jsonl: 1 step, to epoch 0, in 1 s;/)
    expect(named(drawing(historyOf(['NaN', 2])), 'desc')[0]?.text).toContain('NaN or infinite at 1 step.')
  })
})

describe('whatever is in a log', () => {
  it('is drawn in bounded room, with spikes that no pixel has for itself', () => {
    const many = historyOf(Array.from({ length: 100_000 }, (_, i) => (i === 77_777 ? 5000 : 10 + (i % 7))))
    const svg = curveSvg([many])
    expect(svg.length).toBeLessThan(100_000)
    expect(named(elementsOf(svg), 'desc')[0]?.text).toContain('100000 steps')
    const bands = named(elementsOf(svg), 'path').filter(({ given }) => given.class?.startsWith('band'))
    // The band of the loss reaches the spike: its topmost point is the top of its panel.
    const highest = Math.min(...[...(bands[0]?.given.d ?? '').matchAll(/ ([\d.]+)/g)].map(([, y]) => Number(y)))
    const usual = [...(linesOf(elementsOf(svg), 'line c0 r0')[0]?.given.d ?? '').matchAll(/ ([\d.]+)/g)].map(([, y]) => Number(y)) // biome-ignore format: one line
    expect(highest).toBeLessThan(Math.min(...usual) - 50)
  })

  it('makes a document that is well formed, with names of any characters', () => {
    const evil = '</text><script>&"\u001b[2J\u202e\uffff\ud800]]>'
    const all = drawing(historyOf([3, 2], () => ({ terms: { [evil]: 1 } }), evil))
    expect(named(all, 'script')).toEqual([])
    expect(texts(all).join()).toContain('</text><s')
  })

  it('has coordinates that are numbers, whatever the numbers are', () => {
    const told = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constantFrom<Told>('NaN', 'Infinity', '-Infinity', 0, 1e308, 5e-324)) // biome-ignore format: one line
    fc.assert(
      fc.property(fc.array(told, { minLength: 1, maxLength: 30 }), fc.boolean(), (losses, twice) => {
        const history = historyOf(losses, (step) => ({ terms: { a: losses.at(-step - 1) as Told } }))
        const svg = curveSvg(twice ? [history, historyOf([1])] : [history], twice ? 'seconds' : 'epoch')
        const body = elementsOf(svg).filter(({ name }) => ['path', 'line', 'text', 'circle'].includes(name))
        for (const { given } of body) expect(JSON.stringify(given)).not.toMatch(/NaN|Infinity|undefined/)
      }),
      { numRuns: 60 },
    )
  })
})
