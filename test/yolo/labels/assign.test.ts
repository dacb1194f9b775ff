import { describe, expect, it } from 'vitest'
import { float32, type Tensor } from '../../../src/io/tensor.js'
import { type AssignConfig, assignTargets, BoxError } from '../../../src/yolo/labels/assign.js'

const coco: AssignConfig = {
  anchors: [
    [10, 13],
    [16, 30],
    [33, 23],
    [30, 61],
    [62, 45],
    [59, 119],
    [116, 90],
    [156, 198],
    [373, 326],
  ],
  anchorMask: [
    [6, 7, 8],
    [3, 4, 5],
    [0, 1, 2],
  ],
  classes: 6,
}
const tinyAnchors = [
  [10, 14],
  [23, 27],
  [37, 58],
  [81, 82],
  [135, 169],
  [344, 319],
] as const
const tiny = (...fine: number[]): AssignConfig => ({ anchors: tinyAnchors, anchorMask: [[3, 4, 5], fine], classes: 1 })

type Rows = readonly (readonly number[])[]
const one = (...rows: Rows): Tensor<'float32'> => float32([1, rows.length, 5], rows.flat())

/** Every row with an object: scale, image, row, column, anchor, and its numbers. */
function objects(targets: readonly Tensor<'float32'>[]) {
  return targets.flatMap(({ shape, data }, scale) => {
    const [, h = 0, w = 0, A = 0, channels = 0] = shape
    return Array.from({ length: data.length / channels }, (_, i) => {
      const place = [scale, Math.floor(i / (A * w * h)), Math.floor(i / (A * w)) % h, Math.floor(i / A) % w, i % A]
      return { place, numbers: Array.from(data.subarray(i * channels, (i + 1) * channels)) }
    }).filter(({ numbers }) => numbers[4] !== 0)
  })
}

const f = Math.fround

describe('assignTargets', () => {
  it('makes one tensor per scale from the coarsest on, all zeros for padding', () => {
    const targets = assignTargets(float32([2, 3, 5], new Float32Array(30)), [320, 416], coco)
    expect(targets.map(({ shape }) => shape)).toEqual([
      [2, 10, 13, 3, 11],
      [2, 20, 26, 3, 11],
      [2, 40, 52, 3, 11],
    ])
    expect(targets.every(({ data }) => data.every((x) => x === 0))).toBe(true)
  })

  it('floors the centre to whole pixels: (10,10,21,21) has 15 (S28)', () => {
    const [object] = objects(assignTargets(one([10, 10, 21, 21, 2]), [416, 416], coco))
    expect(object?.place).toEqual([2, 0, 1, 1, 0])
    expect(object?.numbers).toEqual([15, 15, 11, 11].map((px) => f(px / 416)).concat(1, 0, 0, 1, 0, 0, 0))
  })

  it('adds the corners in float32 before it halves them (S28)', () => {
    // The exact sum is 208 − 2^-17, which rounds to 208: the centre is 104, not 103.
    const [object] = objects(assignTargets(one([100.25, 96, 107.75 - 2 ** -17, 104, 0]), [416, 416], coco))
    expect(object?.numbers[0]).toBe(f(104 / 416))
  })

  it.each([
    [320, [2, 6, 14]],
    [416, [0, 6, 18]],
    [512, [0, 0, 0]],
    [608, [7, 16, 34]],
  ] as const)(
    'puts as many centres into the previous cell at %d pixels as section 9 counts: %o (S6, S29)',
    (pixels, counts) => {
      const early = [0, 1, 2].map((scale) => {
        const config = {
          anchors: [[8, 8]],
          anchorMask: [[], [], []].map((_, l) => (l === scale ? [0] : [])),
          classes: 1,
        } as const
        const stride = 32 / 2 ** scale
        const onBorder = Array.from({ length: pixels / stride - 1 }, (_, k) => (k + 1) * stride)
        return onBorder.filter((centre) => {
          const [object] = objects(assignTargets(one([centre - 4, 4, centre + 4, 12, 0]), [pixels, pixels], config))
          return object?.place[3] === centre / stride - 1
        }).length
      })
      expect(early).toEqual(counts)
    },
  )

  it('puts centre 120 of 416 into cell 14 of the 52-grid (S6)', () => {
    const [object] = objects(assignTargets(one([115, 131, 125, 141, 0]), [416, 416], coco))
    expect(object?.place).toEqual([2, 0, 16, 14, 0])
  })

  it('writes a box to every scale that has its anchor, and to none if none has (S30)', () => {
    const large = one([40, 40, 121, 122, 0])
    const small = one([40, 40, 50, 54, 0])
    expect(objects(assignTargets(large, [416, 416], tiny(1, 2, 3))).map(({ place }) => place)).toEqual([
      [0, 0, 2, 2, 0],
      [1, 0, 5, 5, 2],
    ])
    expect(objects(assignTargets(large, [416, 416], tiny(0, 1, 2))).map(({ place }) => place)).toEqual([
      [0, 0, 2, 2, 0],
    ])
    expect(objects(assignTargets(small, [416, 416], tiny(1, 2, 3)))).toEqual([])
    expect(objects(assignTargets(small, [416, 416], tiny(0, 1, 2))).map(({ place }) => place)).toEqual([
      [1, 0, 2, 2, 0],
    ])
  })

  it('takes the first of equally good anchors (S30)', () => {
    const config = {
      anchors: [
        [8, 16],
        [16, 8],
        [16, 8],
      ],
      anchorMask: [[0, 1, 2]],
      classes: 1,
    } as const
    const anchorOf = (w: number, h: number) =>
      objects(assignTargets(one([16, 16, 16 + w, 16 + h, 0]), [64, 64], config))[0]?.place[4]
    expect([anchorOf(16, 8), anchorOf(12, 12), anchorOf(8, 16)]).toEqual([1, 0, 0])
  })

  it('keeps the last box of a cell, and the classes of both (S31)', () => {
    const found = objects(assignTargets(one([99, 99, 111, 113, 1], [100, 100, 112, 114, 4]), [416, 416], coco))
    expect(found).toHaveLength(1)
    expect(found[0]?.numbers).toEqual([106, 107, 12, 14].map((px) => f(px / 416)).concat(1, 0, 1, 0, 0, 1, 0))
  })

  it('reads the box at the compacted index: padding in front of a box loses it (S32)', () => {
    const box = [200, 150, 316, 240, 3]
    const found = objects(assignTargets(one([0, 0, 0, 0, 0], box), [416, 416], coco))
    expect(found).toEqual([{ place: [0, 0, 0, 0, 0], numbers: [0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0] }])
    expect(objects(assignTargets(one(box, [0, 0, 0, 0, 0]), [416, 416], coco))).toHaveLength(1)
  })

  it('lets a height of 0 pass, to anchor 0 (S9, S32)', () => {
    const [object] = objects(assignTargets(one([100, 100, 216, 100, 0]), [416, 416], coco))
    expect([object?.place[0], object?.place[4], object?.numbers[3]]).toEqual([2, 0, 0])
  })

  it.each([
    [[10, 10, 20, 20, 6], 'boxes[0][1]: class 6 is not below the 6 classes'],
    [[0, 0, 0, 0, 7], 'boxes[0][1]: class 7 is not below the 6 classes'],
    [[10, 10, 20, 20, -1], 'boxes[0][1]: class -1 is negative'],
    [[410, 10, 430, 20, 0], 'boxes[0][1]: centre'],
    [[10, -30, 20, 10, 0], 'boxes[0][1]: centre'],
    [[10, 10, Number.NaN, 20, 0], 'boxes[0][1]: [10,10,NaN,20,0] is not finite'],
  ])('refuses %o (S33)', (row, message) => {
    const run = () => assignTargets(one([1, 1, 9, 9, 0], row), [416, 416], coco)
    expect(run).toThrow(message)
    expect(run).toThrow(BoxError)
  })

  it('names the image of a refused row', () => {
    const boxes = float32([2, 1, 5], [1, 1, 9, 9, 0, 1, 1, 9, 9, 8])
    expect(() => assignTargets(boxes, [416, 416], coco)).toThrow(expect.objectContaining({ image: 1, row: 0 }))
  })

  it('refuses a size off the stride and rows of another length', () => {
    expect(() => assignTargets(one([1, 1, 9, 9, 0]), [416, 400], coco)).toThrow('416 × 400')
    expect(() => assignTargets(float32([1, 4], [1, 1, 9, 9]), [416, 416], coco)).toThrow('got [1,4]')
  })

  it('agrees with a loop from the cells to the boxes on random boxes', () => {
    const size = [352, 416] as const
    const boxes = randomBoxes(4, 25, size)
    const targets = assignTargets(boxes, size, coco)
    const expected = targets.map(({ shape }, l) => slowly(boxes, shape, l, size))
    for (const [l, { data }] of targets.entries()) expect(data).toEqual(expected[l])
  })
})

/** Whole-pixel boxes of all sizes, by a linear congruence. */
function randomBoxes(batch: number, count: number, [height, width]: readonly [number, number]): Tensor<'float32'> {
  let state = 7
  const below = (n: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31
    return Math.floor((state / 2 ** 31) * n)
  }
  const row = () => {
    const [w, h] = [4 + below(width / 2), 4 + below(height / 2)]
    const [x, y] = [below(width - w), below(height - h)]
    return [x, y, x + w, y + h, below(6)]
  }
  return float32([batch, count, 5], Array.from({ length: batch * count }, row).flat())
}

/** Each cell of one scale asks every box whether it is the one; boxes of positive width only. */
function slowly(
  boxes: Tensor<'float32'>,
  shape: readonly number[],
  l: number,
  [height, width]: readonly [number, number],
) {
  const [batch = 0, rows = 0, columns = 0, , channels = 0] = shape
  const out = new Float32Array(shape.reduce((n, d) => n * d, 1))
  const perImage = boxes.shape[1] ?? 0
  let start = 0
  for (let b = 0; b < batch; b++)
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < columns; j++)
        for (const n of coco.anchorMask[l] ?? []) {
          for (let t = 0; t < perImage; t++) {
            const from = (b * perImage + t) * 5
            const [x1 = 0, y1 = 0, x2 = 0, y2 = 0, label = 0] = boxes.data.subarray(from, from + 5)
            const x = f(Math.floor((x1 + x2) / 2) / width)
            const y = f(Math.floor((y1 + y2) / 2) / height)
            const inside = x * columns >= j && x * columns < j + 1 && y * rows >= i && y * rows < i + 1
            if (!inside || likest(x2 - x1, y2 - y1) !== n) continue
            out.set([x, y, (x2 - x1) / width, (y2 - y1) / height, 1], start)
            out[start + 5 + label] = 1
          }
          start += channels
        }
  return out
}

/** The anchor with the largest ratio of common to joint area, by sorting. */
function likest(w: number, h: number): number {
  const ratio = ([aw, ah]: readonly [number, number]) => {
    const common = Math.min(w, aw) * Math.min(h, ah)
    return common / (w * h + aw * ah - common)
  }
  const ranked = coco.anchors
    .map((anchor, n) => ({ n, ratio: ratio(anchor) }))
    .sort((a, b) => b.ratio - a.ratio || a.n - b.n)
  return ranked[0]?.n ?? -1
}
