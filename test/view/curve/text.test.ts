import { describe, expect, it } from 'vitest'
import { Grid } from '../../../src/view/curve/grid.js'
import { curveText, excessText } from '../../../src/view/curve/text.js'
import { historyOf } from './lines.js'

const falling = Array.from({ length: 30 }, (_, i) => 2 + 300 * 0.8 ** i)

describe('a grid', () => {
  it('has eight dots in a character of braille, counted from below', () => {
    const grid = new Grid(2, 1, true)
    grid.dot(0, 0)
    grid.dot(1, 3)
    grid.upright(3, 3, 0)
    expect([grid.dotsWide, grid.dotsHigh, grid.lines()]).toEqual([4, 4, ['⡈⢸']])
  })

  it('has a star each in ASCII, and marks above them', () => {
    const grid = new Grid(3, 2, false)
    grid.dot(0, 0)
    grid.dot(2, 1)
    grid.mark(1)
    expect(grid.lines()).toEqual([' x*', '*  '])
  })
})

describe('a curve in text', () => {
  it('falls from left to right, with its axes named', () => {
    expect(excessText(historyOf(falling), { columns: 50, braille: true })).toBe(`loss above its floor (log axis)
          │⠙⠦⣄⡀
          │   ⠉⠳⣄⡀
      100 ┤      ⠉⠓⠦⣄
          │         ⠈⠙⠦⣄⡀
          │             ⠙⠲⢤⣀
          │                ⠈⠓⠦⣄⡀
       10 ┤                    ⠉⠓⢦⣀
          │                       ⠈⠙⠲⢤⣀
          │                           ⠈⠉⠓⠲⢤⣀⡀
          │                                 ⠉⠙⠲⠤⠤⢤
          └───────────────────────────────────────
           0                              29 steps
`)
  })

  it('has nothing but ASCII where there is nothing else', () => {
    const text = excessText(historyOf(['NaN', ...falling]), { columns: 60, braille: false })
    expect(text).toMatch(/^[\x20-\x7e\n]*$/)
    expect(text.split('\n')[1]).toMatch(/\|x\*+/)
  })

  it.each([20, 40, 80, 300])('keeps to a terminal of %i characters', (columns) => {
    const lines = excessText(historyOf(falling), { columns, braille: true }).split('\n')
    expect(Math.max(...lines.slice(1).map((line) => line.length))).toBeLessThanOrEqual(Math.max(columns, 25))
  })

  it('of two trainings is one below the other, on the same axes, with what else there is to say', () => {
    const validated = historyOf(falling.slice(0, 9), (step) => ({ validation: { loss: 9 + step, images: 4 }, terms: { xy_0: 1, xy_1: 2, 'a\u001b[2J': 3 } }), 'b\u202e.jsonl') // biome-ignore format: one line
    const text = curveText([historyOf(falling), validated], { columns: 60, braille: true }, 'epoch')
    expect(text.match(/^.*(loss above|loss on).*$/gm)).toEqual([
      'a.jsonl: loss above its floor (log axis)',
      'b\\u{202e}.jsonl: loss above its floor (log axis)',
      'b\\u{202e}.jsonl: loss on images that are not trained on',
    ])
    expect(text.match(/2\.9 epochs$/gm)).toHaveLength(3)
    expect(text).toMatch(/\n {2}9 steps, to epoch 0\.8, in 5 s\n {2}loss 302 to 52\.33/)
    expect(text).toContain('\n  at the end xy_0 1, xy_1 2\n  at the end a\\u{1b}[2J 3\n')
  })

  it('of one step is words alone', () => {
    expect(curveText([historyOf([3])], { columns: 60, braille: true })).toBe(
      'a.jsonl:\n  1 step, to epoch 0, in 1 s\n  loss 3\n  floor 1\n  excess 2\n  learning rate up to 0.01\n',
    )
  })
})
