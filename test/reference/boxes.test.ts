import { describe, expect, it } from 'vitest'
import { type Box, iou, iouMargin } from '../../src/reference/oracle.js'

describe('iouMargin', () => {
  const f = Math.fround
  const grid = { columns: 52, rows: 52 }

  /** IoU with every operation rounded to float32. */
  function iou32(p: Box, t: Box): number {
    const side = (x: number, w: number, x2: number, w2: number) =>
      f(Math.min(f(x + f(w / 2)), f(x2 + f(w2 / 2))) - Math.max(f(x - f(w / 2)), f(x2 - f(w2 / 2))))
    const overlap = f(side(p.x, p.w, t.x, t.w) * side(p.y, p.h, t.y, t.h))
    return f(overlap / f(f(f(p.w * p.h) + f(t.w * t.h)) - overlap))
  }

  it.each([4, 8, 32, 150])('covers float32 for boxes of %d px at 416, by a small factor', (pixels) => {
    const size = f(pixels / 416)
    let worst = 0
    for (let k = 0; k < 2000; k++) {
      const [dx, dy] = [((k * 37) % 101) / 200, ((k * 53) % 103) / 200]
      const t: Box = { x: f(0.9 + k * 1e-5), y: f(0.93 - k * 1e-5), w: size, h: size }
      const exact: Box = { x: t.x + dx * size, y: t.y + dy * size, w: size, h: size }
      const rounded: Box = { x: f(exact.x + 3e-9), y: f(exact.y - 3e-9), w: size, h: size }
      worst = Math.max(worst, Math.abs(iou32(rounded, t) - iou(exact, t)) / iouMargin(exact, t, grid))
    }
    expect(worst).toBeLessThan(1)
    expect(worst).toBeGreaterThan(0.03)
  })

  it('follows the size of the box', () => {
    const margin = (pixels: number) => {
      const box: Box = { x: 0.95, y: 0.95, w: pixels / 416, h: pixels / 416 }
      return iouMargin(box, { ...box, x: 0.95 + box.w / 4 }, grid)
    }
    expect(margin(4)).toBeGreaterThan(1.8e-5)
    expect(margin(8)).toBeGreaterThan(1.1e-5)
    expect(margin(8)).toBeLessThan(1e-4)
    expect(margin(150)).toBeLessThan(1e-5)
  })
})
