import type { SceneConfig, Tensors } from '../../../src/verify/cases/scene/tensors.js'

/** Faults that a fixture has to catch, each a change to one line of the formulas. */
export const mutations = [
  'width and height swapped',
  'anchors (h,w)',
  '<= for <',
  'no half',
  'no scale',
  'division by positives',
  'boxes of other scales',
  'boxes of other images',
  'multiply first',
  'max(o, κ)',
  'bare log',
  'no boxes as IoU 0',
  'o > 0',
  'log(0) not selected away',
] as const

export type Mutation = (typeof mutations)[number]

export interface EmulatedScale {
  readonly xy: number
  readonly wh: number
  readonly conf: number
  readonly class: number
  readonly bestIou: readonly number[]
}

export interface Emulated {
  readonly loss: number
  readonly scales: readonly EmulatedScale[]
}

type Pair = readonly [number, number]
type Numbers = readonly number[]

interface Row {
  readonly scale: number
  readonly image: number
  readonly cell: Pair
  readonly grid: Pair
  readonly anchor: Pair
  readonly y: Numbers
  readonly t: Numbers
}

const at = (numbers: Numbers, k: number): number => numbers[k] ?? Number.NaN

/**
 * The loss written a second time, apart from the oracle, operation by operation in the order of the graph.
 *
 * @param round applied after every operation: `Math.fround` computes as a float32 graph does, the identity in float64
 */
export const emulate = (
  tensors: Tensors,
  config: SceneConfig,
  round: (x: number) => number,
  mutation?: Mutation,
): Emulated => new Emulation(tensors, config, round, mutation).result()

class Emulation {
  readonly #rows: readonly Row[]
  readonly #objects: readonly Row[]
  readonly #input: Pair

  constructor(
    readonly tensors: Tensors,
    readonly config: SceneConfig,
    readonly r: (x: number) => number,
    readonly mutation: Mutation | undefined,
  ) {
    const [, h = 0, w = 0] = tensors.labels[0]?.shape ?? []
    this.#input = this.#swapped([32 * w, 32 * h])
    this.#rows = tensors.labels.flatMap((_, l) => this.#rowsOf(l))
    this.#objects = this.#rows.filter(({ y }) => this.#isObject(at(y, 4)))
  }

  result(): Emulated {
    const scales = this.tensors.labels.map((_, l) => this.#scale(l))
    return { loss: this.r(scales.reduce((sum, s) => sum + s.xy + s.wh + s.conf + s.class, 0)), scales }
  }

  #is = (mutation: Mutation): boolean => mutation === this.mutation
  #isObject = (o: number): boolean => (this.#is('o > 0') ? o > 0 : o !== 0)
  #swapped = ([a, b]: Pair): Pair => (this.#is('width and height swapped') ? [b, a] : [a, b])

  #rowsOf(scale: number): Row[] {
    const [B = 0, h = 0, w = 0, A = 0, channels = 0] = this.tensors.labels[scale]?.shape ?? []
    const part = (data: Float32Array | undefined, i: number) =>
      Array.from(data?.subarray(i * channels, (i + 1) * channels) ?? [])
    return Array.from({ length: B * h * w * A }, (_, i) => {
      const [aw, ah] = this.config.anchors[this.config.anchorMask[scale]?.[i % A] ?? 0] as Pair
      return {
        scale,
        image: Math.floor(i / (A * w * h)),
        cell: [Math.floor(i / A) % w, Math.floor(i / (A * w)) % h],
        grid: this.#swapped([w, h]),
        anchor: this.#is('anchors (h,w)') ? [ah, aw] : [aw, ah],
        y: part(this.tensors.labels[scale]?.data, i),
        t: part(this.tensors.logits[scale]?.data, i),
      }
    })
  }

  #scale(scale: number): EmulatedScale {
    const { r } = this
    const sums = { xy: 0, wh: 0, conf: 0, class: 0 }
    const bestIou: number[] = []
    for (const row of this.#rows.filter((other) => other.scale === scale)) {
      const best = this.#bestIou(row)
      bestIou.push(best)
      sums.conf += this.#confidence(row, best)
      if (!this.#isObject(at(row.y, 4)) && !this.#is('log(0) not selected away')) continue
      sums.xy += this.#offsets(row)
      sums.wh += this.#sizes(row)
      sums.class += row.y.slice(5).reduce((sum, y, c) => sum + r(at(row.y, 4) * this.#E(y, at(row.t, 5 + c))), 0)
    }
    const batch = this.tensors.labels[0]?.shape[0] ?? 0
    const divisor = this.#is('division by positives') ? Math.max(this.#objects.length, 1) : batch
    const divide = (sum: number) => r(r(sum) / divisor)
    return { xy: divide(sums.xy), wh: divide(sums.wh), conf: divide(sums.conf), class: divide(sums.class), bestIou }
  }

  #E(z: number, t: number): number {
    const { r } = this
    const e = r(Math.exp(-Math.abs(t)))
    const tail = this.#is('bare log') ? r(Math.log(r(1 + e))) : r(Math.log1p(e))
    return r(r(t * r((t >= 0 ? 1 : 0) - z)) + tail)
  }

  #weight({ y }: Row): number {
    const { r } = this
    return this.#is('no scale') ? at(y, 4) : r(at(y, 4) * r(2 - r(at(y, 2) * at(y, 3))))
  }

  #offsets(row: Row): number {
    const { r } = this
    const z = (k: number) => r(r(at(row.y, k) * at(row.grid, k)) - at(row.cell, k))
    return [0, 1].reduce((sum, k) => sum + r(this.#weight(row) * this.#E(z(k), at(row.t, k))), 0)
  }

  #sizes(row: Row): number {
    const { r } = this
    const half = this.#is('no half') ? 1 : 0.5
    return [0, 1].reduce((sum, k) => {
      const [y, a, S] = [at(row.y, k + 2), at(row.anchor, k), at(this.#input, k)]
      const ratio = this.#is('multiply first') ? r(r(y * S) / a) : r(r(y / a) * S)
      const d = r(r(Math.log(ratio)) - at(row.t, k + 2))
      return sum + r(r(this.#weight(row) * half) * r(d * d))
    }, 0)
  }

  #confidence({ y, t }: Row, best: number): number {
    const { r } = this
    const { ignoreThreshold } = this.config
    const [o, ce] = [at(y, 4), this.#E(at(y, 4), at(t, 4))]
    const kappa = best < ignoreThreshold || (this.#is('<= for <') && best === ignoreThreshold) ? 1 : 0
    return this.#is('max(o, κ)') ? r(Math.max(o, kappa) * ce) : r(r(o * ce) + r(r(r(1 - o) * ce) * kappa))
  }

  #bestIou(row: Row): number {
    const { r } = this
    const centre = (k: number) => r(r(r(1 / (1 + Math.exp(-at(row.t, k)))) + at(row.cell, k)) / at(row.grid, k))
    const size = (k: number) => r(r(r(Math.exp(at(row.t, k + 2))) * at(row.anchor, k)) / at(this.#input, k))
    const predicted = [centre(0), centre(1), size(0), size(1)]
    const boxes = this.#objects
      .filter(({ image }) => image === row.image || this.#is('boxes of other images'))
      .filter(({ scale }) => scale === row.scale || this.#is('boxes of other scales'))
    const none = this.#is('no boxes as IoU 0') ? 0 : Number.NEGATIVE_INFINITY
    return Math.max(none, ...boxes.map(({ y }) => this.#iou(predicted, y)))
  }

  #iou(p: Numbers, t: Numbers): number {
    const { r } = this
    const edge = (box: Numbers, k: number, side: number) => r(at(box, k) + side * r(at(box, k + 2) / 2))
    const overlap = (k: number) =>
      Math.max(r(Math.min(edge(p, k, 1), edge(t, k, 1)) - Math.max(edge(p, k, -1), edge(t, k, -1))), 0)
    const area = (box: Numbers) => r(at(box, 2) * at(box, 3))
    const intersection = r(overlap(0) * overlap(1))
    return r(intersection / r(r(area(p) + area(t)) - intersection))
  }
}
