import {
  type OracleResult,
  sumBound,
  UNIT_ROUNDOFF,
  yoloDiagnoses,
  yoloHeads,
  yoloLoss,
  yoloLossGradients,
} from '../../reference/index.js'
import type { Feeds } from '../../runtime/index.js'
import { isUsual, type LossConfig, layouts, scaleNameOf, termNames } from '../../yolo/index.js'
import { type Answer, exactly, vector } from './answer.js'
import { headAnswer } from './heads.js'
import { type Asked, asked } from './inputs.js'
import { fromLabelOrder, headShape, type Sizes } from './layout.js'
import { averagingOf, countAnswer, excessAnswer, floorAnswer, lossAnswer, termAnswer } from './sums.js'
import { refusalAnswer, targetsAnswer } from './targets.js'

/** Every sum of the loss agrees with the oracle to this, beyond what rounding its float32 inputs explains. */
export const relative = 2e-6
/** The same of what is computed in float64, and of outputs that are rounded to float16. */
const relative64 = 1e-13
export const relative16 = 1e-3

/** Smallest normal float32: what is less may be rounded coarsely, or to 0. */
const smallestNormal = 2 ** -126

/** What may be asked beside the answers. */
export interface AnswerOptions {
  /** κ of each scale in place of the one the logits give. */
  readonly masks?: readonly Uint8Array[] | undefined
  /** Whether the arithmetic is that of IEEE 754; default true. */
  readonly ieee?: boolean | undefined
}

/** What the oracle knows of one run: every output that an option can ask for, computed when it is wanted. */
export class Answers {
  readonly #config: LossConfig
  readonly #asked: Asked
  readonly #options: AnswerOptions
  readonly #memo = new Map<string, unknown>()

  private constructor(config: LossConfig, question: Asked, options: AnswerOptions) {
    this.#config = config
    this.#asked = question
    this.#options = options
  }

  /** @returns undefined where the inputs are not those of a loss of this configuration, or it is not that of keras-yolo3 */
  static of(config: LossConfig, feeds: Feeds, options: AnswerOptions = {}): Answers | undefined {
    if (!isUsual(config)) return undefined
    const question = asked(config, feeds)
    return question && new Answers(config, question, options)
  }

  /** The same with other masks. */
  withMasks(masks: readonly Uint8Array[]): Answers {
    return new Answers(this.#config, this.#asked, { ...this.#options, masks })
  }

  /** The loss and all it consists of. */
  get result(): OracleResult {
    return this.#once('result', () => yoloLoss(this.#asked.input, this.#options))
  }

  get input(): Asked['input'] {
    return this.#asked.input
  }

  /** An output by its name; undefined for a name that no output of ours has. */
  of(output: string): Answer | undefined {
    const { graph } = this.#config
    const told = refusalAnswer(output, this.#asked.refusal)
    if (told) return told
    const scaled = scaleNameOf(output)
    if (scaled === undefined) return graph === 'loss' ? this.#ofLoss(output) : undefined
    const l = Number(output.slice(scaled.length + 1))
    if (!this.#config.anchorMask[l]) return undefined
    if (graph === 'targets') return targetsAnswer(scaled, this.#asked, l)
    return graph === 'loss' ? this.#ofScale(scaled, l) : this.#ofHead(scaled, l)
  }

  /** What loss, terms and counts follow from. */
  get averaging() {
    return averagingOf(this.#config, this.#asked)
  }

  #once<T>(key: string, make: () => T): T {
    if (!this.#memo.has(key)) this.#memo.set(key, make())
    return this.#memo.get(key) as T
  }

  get #isWide(): boolean {
    return this.#config.dtype === 'float64'
  }

  /** The relative tolerance of what is computed: 2e-6, but what so many numbers lose that are added up in float32. */
  get relative(): number {
    const cells = this.#asked.sizes.reduce((n, { b, h, w, a }) => n + b * h * w * a, 0)
    return this.#isWide ? relative64 : Math.max(relative, sumBound(cells))
  }

  /** Bounds are those of float32. */
  #sum(answer: Answer): Answer {
    const shrink = UNIT_ROUNDOFF64 / UNIT_ROUNDOFF
    return this.#isWide && answer.slack ? { ...answer, slack: answer.slack.map((x) => x * shrink) } : answer
  }

  #ofLoss(output: string): Answer | undefined {
    const makers = { loss: lossAnswer, entropy_floor: floorAnswer, excess: excessAnswer }
    const make = Object.hasOwn(makers, output) ? makers[output as keyof typeof makers] : undefined
    return make && this.#sum(make(this.result, this.averaging, this.relative))
  }

  #ofScale(name: string, l: number): Answer | undefined {
    const scale = this.result.scales[l] as OracleResult['scales'][number]
    const sizes = this.#asked.sizes[l] as Sizes
    const term = termNames.find((own) => own === name)
    if (term) return this.#sum(termAnswer(scale, term, this.averaging, this.relative))
    if (name === 'grad_y_pred') return this.#sum(this.#gradient(l, sizes))
    if (name === 'ignore_mask') return exactly([sizes.b, sizes.h, sizes.w, sizes.a, 1], scale.ignoreMask)
    const found = this.#once('diagnoses', () => yoloDiagnoses(this.#asked.input))[l]
    if (name === 'first_non_finite') return exactly([4], found?.firstNonFinite ?? [])
    const kept = keptIn(scale.ignoreMask, sizes)
    const counts: Readonly<Record<string, Float64Array | undefined>> = {
      ignore: kept,
      ignored: kept.map((n) => sizes.h * sizes.w * sizes.a - n),
      positives: found?.positives,
      zero_size: found?.zeroSize,
      labels_outside: found?.outside,
      non_finite: found?.nonFinite,
    }
    const count = Object.hasOwn(counts, name) ? counts[name] : undefined
    return count && countAnswer(count, this.averaging)
  }

  #gradient(l: number, sizes: Sizes): Answer {
    const { weights, divisor } = this.averaging
    const masks = this.result.scales.map(({ ignoreMask }) => ignoreMask)
    const all = this.#once('gradients', () => yoloLossGradients(this.#asked.input, { weights, divisor, masks }))
    const { values, bounds, sigmoidBounds } = all[l] as (typeof all)[number]
    if ((this.#asked.refusal?.images.size ?? 0) > 0) values.fill(Number.NaN)
    const layout = layouts[this.#config.layout]
    const slack = bounds.map((x, i) => x + (sigmoidBounds[i] ?? 0) + smallestNormal)
    const shape = headShape(layout, sizes)
    return vector(shape, fromLabelOrder(values, layout, sizes), fromLabelOrder(slack, layout, sizes))
  }

  #ofHead(name: string, l: number): Answer | undefined {
    const heads = this.#once('heads', () => yoloHeads(this.#asked.input))
    const answer = headAnswer(name, heads[l] as (typeof heads)[number], this.#asked, l)
    return answer && this.#sum(answer)
  }
}

const UNIT_ROUNDOFF64 = 2 ** -53

/** Σκ of each image. */
function keptIn(mask: Uint8Array, { b, h, w, a }: Sizes): Float64Array {
  const each = h * w * a
  return Float64Array.from({ length: b }, (_, i) => mask.subarray(i * each, (i + 1) * each).reduce((n, k) => n + k, 0))
}
