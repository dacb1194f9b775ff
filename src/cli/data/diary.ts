import { detachLoss } from '../../attach/index.js'
import {
  type LogLine,
  logBeside,
  numberOf,
  type OpenStep,
  type Place,
  putCheckpoint,
  type Settings,
  stepIn,
  type Training,
  told,
  type Validation,
  type Values,
  validated,
  type Watch,
} from '../../fit/index.js'
import { duration, escaped, Fault, InputError, printable, writeBeside } from '../../io/index.js'
import { excessText, History } from '../../view/index.js'
import type { FitFlags } from '../groups/fitflags.js'
import type { Shell } from '../shell.js'
import type { Boxes } from './boxes.js'
import { averagesIn } from './values.js'

/** How far a training has come. */
export interface Progressed {
  readonly values: Values
  readonly log: readonly LogLine[]
}

/** What is told and kept of a training. */
interface Kept {
  readonly step: OpenStep
  readonly settings: Settings
  readonly training: Training
  /** Images that are not trained on. */
  readonly held: Boxes | undefined
  readonly flags: FitFlags
  /** The file of the checkpoint. */
  readonly values: string
  readonly shell: Shell
}

/** How many images and boxes that are left out are named. */
const mostNamed = 5

const short = (x: number): string => String(Number(x.toPrecision(4)))

const mean = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0) / numbers.length

/** Keeps the log of a training, tells how it goes, and writes its checkpoints. */
export class Diary {
  readonly #log: LogLine[]
  readonly #leftOut = new Map<string, string>()
  readonly #progress
  readonly #began = { at: performance.now(), step: 0 }
  #told: number
  #validation: Validation | undefined

  constructor(
    readonly kept: Kept,
    began: Progressed,
  ) {
    this.#log = [...began.log]
    this.#told = this.#log.length
    this.#began.step = this.#log.length
    this.#progress = kept.shell.progress()
  }

  get place(): Place {
    const { ep, allowFallback } = this.kept.flags
    return { provider: ep, strict: !allowFallback }
  }

  watch(stopped: () => boolean): Watch {
    return {
      stopped,
      stepped: (line, values) => this.#stepped(line, values),
      complain: (where, why) => this.#complain(where, why),
    }
  }

  /** The last checkpoint, and the trained detector with it. */
  async close(values: Values): Promise<void> {
    const { flags, step, shell, training } = this.kept
    this.#progress.end()
    if (this.#told < this.#log.length) await this.#tell(values)
    const weights = flags.ema ? { ...values, ...averagesIn(values, this.kept.values) } : values
    const { bytes } = detachLoss(step.bytes, { file: step.file, weights })
    await this.#write(values, bytes)
    this.#draw()
    const more = this.#leftOut.size - mostNamed
    if (more > 0) shell.note(`note: ${more} more images and boxes were left out`)
    shell.note(`wrote ${printable(flags.output)} (${bytes.length} bytes)`)
    const done = stepIn(values)
    if (done < training.steps) shell.note(`stopped after step ${done} of ${training.steps}: --resume goes on`)
  }

  /** What became of it, for programs. */
  report(images: number): object {
    const { flags, values, training } = this.kept
    const last = this.#log.at(-1)
    const files = { file: flags.output, checkpoint: values, log: logBeside(values) }
    return { ...files, images, steps: this.#log.length, of: training.steps, last, validation: this.#validation, leftOut: [...this.#leftOut].map(([where, why]) => ({ where, why })) } // biome-ignore format: one line
  }

  async #stepped(line: LogLine, values: Values): Promise<void> {
    const { training, flags } = this.kept
    if (typeof line.loss !== 'number') this.#refuseDiverged(line)
    this.#log.push(line)
    const done = line.step + 1
    this.#progress.step(done, training.steps, 'steps', this.#lossOf(1))
    if (done % flags.checkpointEvery !== 0 || done === training.steps) return
    this.#progress.end()
    await this.#tell(values)
    await this.#write(values)
  }

  #refuseDiverged({ step, loss, rate }: LogLine): never {
    const kept = Math.floor(step / this.kept.flags.checkpointEvery) * this.kept.flags.checkpointEvery
    const what = `the loss is ${loss} at step ${step + 1}, with a rate of ${short(rate)}`
    const remedy = `lower --rate, or give --warmup; the weights of step ${kept} are as they were`
    throw new Fault('mismatch', 'E_DIVERGED', { where: this.kept.step.file, what, remedy })
  }

  /** The loss of the last steps in words. */
  #lossOf(steps: number): string {
    const last = this.#log.slice(-steps)
    const loss = mean(last.map((l) => numberOf(l.loss)))
    const floor = mean(last.map((l) => numberOf(l.floor)))
    return `loss ${short(loss)}, ${short(loss - floor)} above its floor`
  }

  /** How long the rest takes, in words. */
  #left(): string {
    const pace = (performance.now() - this.#began.at) / 1000 / Math.max(this.#log.length - this.#began.step, 1)
    return `${duration(pace * (this.kept.training.steps - this.#log.length))} left`
  }

  async #tell(values: Values): Promise<void> {
    const { step, held, training, shell } = this.kept
    const rate = short(this.#log.at(-1)?.rate ?? 0)
    const words = `${this.#lossOf(this.#log.length - this.#told)}; rate ${rate}; ${this.#left()}`
    this.#told = this.#log.length
    const complain = (where: string, why: string) => this.#complain(where, why)
    if (held) this.#validation = await validated(step, values, held, training, complain, this.place)
    if (this.#validation) this.#writeDown(this.#validation)
    const unseen = this.#validation ? `; validation ${short(this.#validation.loss)}` : ''
    shell.note(`step ${this.#log.length}/${training.steps}: ${words}${unseen}`)
  }

  /** The whole training as a curve, where somebody sees it. */
  #draw(): void {
    const { terminal } = this.kept.shell
    if (!terminal || this.#log.length < 2) return
    const history = new History(this.kept.flags.output)
    for (const line of this.#log) history.add(line)
    process.stderr.write(excessText(history, terminal))
  }

  /** A training that is cut off between two checkpoints keeps the log that it would have without. */
  #writeDown({ loss, images }: Validation): void {
    const { training, flags } = this.kept
    const [done, last] = [this.#log.length, this.#log.at(-1)]
    if (!last || (done % flags.checkpointEvery !== 0 && done !== training.steps)) return
    this.#log[done - 1] = { ...last, validation: { loss: told(loss), images } }
  }

  async #write(values: Values, detector?: Uint8Array): Promise<void> {
    const { settings, values: path, flags } = this.kept
    await writeBeside(path, async (to) => {
      if (detector) await to.write(flags.output, detector)
      await putCheckpoint(to, path, { settings, values, log: this.#log })
    })
  }

  #complain(where: string, why: string): void {
    if (this.kept.shell.strict)
      throw new InputError('E_LEFT_OUT', { where, what: why, remedy: 'correct it, or leave --strict out' })
    if (this.#leftOut.has(where)) return
    this.#leftOut.set(where, why)
    if (this.#leftOut.size <= mostNamed) this.kept.shell.note(`note: ${escaped(where)} is left out: ${escaped(why)}`)
  }
}
