import type { Tensor } from '../io/index.js'
import { openSession, type Provider, type Session } from '../runtime/index.js'
import { isUsual } from '../yolo/index.js'
import { Batches, type Complain, type DataSet, refuseTooMany } from './data.js'
import { floorOf } from './floor.js'
import { type LogLine, told } from './log/line.js'
import { numbersIn } from './numbers.js'
import { carriedOn, type OpenStep } from './opened.js'
import { Order } from './order.js'
import type { Framing } from './pictures.js'
import { type Rates, rateAt } from './rates.js'

/** Tensors by the names of inputs. */
export type Values = Readonly<Record<string, Tensor>>

/** How a step is trained. */
export interface Training extends Framing, Rates {
  /** Of the order of the images. */
  readonly seed: number
}

/** What hears of a training, and decides over it. */
export interface Watch {
  /** After each step, with the values of the next. */
  readonly stepped: (line: LogLine, values: Values) => void | Promise<void>
  /** Whether to stop before the next step. */
  readonly stopped: () => boolean
  readonly complain: Complain
}

const scalar = (x: number): Tensor<'float32'> => ({ dtype: 'float32', shape: [], data: Float32Array.of(x) })

/** How many steps there were. */
export const stepIn = (values: Values): number => Number(values.step?.data[0] ?? 0)

/** Runs steps, and decodes the pictures of the next one meanwhile. */
class Loop {
  readonly #order: Order
  readonly #batches: Batches

  constructor(
    readonly session: Session,
    readonly step: OpenStep,
    readonly data: DataSet,
    readonly training: Training,
    readonly watch: Watch,
  ) {
    const { picture, config, rows } = step
    const { complain } = watch
    this.#order = new Order(data.images, training.seed)
    this.#batches = new Batches(data, {
      ...training,
      picture,
      config,
      rows: Number.isFinite(rows) ? rows : 0,
      complain,
    })
  }

  batchAt(step: number) {
    const batch = this.#batches.of(this.#order.batchAt(step, this.step.picture.batch))
    // Awaited a step later; a failure until then is not unheard.
    batch.catch(() => undefined)
    return batch
  }

  lineOf(
    step: number,
    outputs: ReadonlyMap<string, Tensor>,
    { rate, floor, seconds }: Pick<LogLine, 'rate' | 'seconds'> & { readonly floor: number },
  ): LogLine {
    const { loss = Number.NaN, ...others } = numbersIn(outputs)
    const terms = Object.fromEntries(Object.entries(others).map(([name, x]) => [name, told(x)]))
    const epoch = (step * this.step.picture.batch) / this.data.images
    return { step, epoch, loss: told(loss), floor: told(floor), rate, seconds: Number(seconds.toFixed(4)), terms }
  }

  async run(values: Values): Promise<Values> {
    const { steps } = this.training
    let now = values
    let coming = this.batchAt(stepIn(now))
    for (let step = stepIn(now); step < steps && !this.watch.stopped(); step++) {
      const since = performance.now()
      const batch = await coming
      if (step + 1 < steps) coming = this.batchAt(step + 1)
      const rate = rateAt(step, this.training)
      const given = this.step.normalized ? { normalizer: scalar(this.step.picture.batch) } : {}
      const outputs = await this.session.run({ ...now, ...batch.feeds, ...given, rate: scalar(rate) })
      now = carriedOn(this.step.carried, outputs, this.step.file)
      // Of other losses nothing is known but that they are not below 0.
      const floor = isUsual(this.step.config) ? floorOf(batch.labels, this.step.config) : 0
      const seconds = (performance.now() - since) / 1000
      await this.watch.stepped(this.lineOf(step, outputs, { rate, floor, seconds }), now)
    }
    await coming.catch(() => undefined)
    return now
  }
}

/** Where steps run. */
export interface Place {
  readonly provider: Provider
  readonly strict: boolean
}

/**
 * Trains: runs a step over and over, each time on other images, from the step that `values` have reached to the last.
 * @param values what the step carries along, as `step.npz` has it or a checkpoint
 * @returns them as they are after the last step, or after the one at which it was stopped
 * @throws InputError for images with more boxes than the step has room for, and where no image can be decoded; as
 *   `openSession` and `Session.run`; what `watch` throws
 */
export async function train(
  step: OpenStep,
  values: Values,
  data: DataSet,
  training: Training,
  watch: Watch,
  { provider, strict }: Place,
): Promise<Values> {
  refuseTooMany(data, step.rows, step.file)
  const session = await openSession(step.bytes, { file: step.file, provider, strict })
  return new Loop(session, step, data, training, watch).run(values).finally(() => session.release())
}
