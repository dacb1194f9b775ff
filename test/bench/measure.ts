import { Calm } from './calm.js'
import { ratioOf, type Spread, spreadOf } from './stats.js'
import { type Absent, isPresent, type Maybe, type Task, type Variant } from './variants.js'
import { Worker } from './worker.js'

/** How long to measure. */
export interface Effort {
  readonly rounds: number
  /** How long a variant stays on turn, about, in ms. */
  readonly turn: number
  /** Seconds to spend on repeating turns that other processes disturbed. */
  readonly patience: number
}

/** The times of one variant. */
export interface Timing {
  readonly name: string
  readonly gradients: boolean
  /** Milliseconds for one evaluation. */
  readonly ms: Spread
  readonly fastest: number
  /** Peak memory beyond the inputs and what the runtime holds before its first run, in bytes; −1 where unknown. */
  readonly memory: number
  /** What it computes that is not the loss. */
  readonly task?: Task
  readonly loss?: number
  /** Norm of the gradient, where there is one. */
  readonly norm?: number
  /** How many times as long as these other variants it takes. */
  readonly ratios: Readonly<Record<string, Spread>>
}

export interface Measured {
  readonly timings: readonly Timing[]
  readonly absent: readonly Absent[]
  /** Part of the turns that other processes disturbed. */
  readonly disturbed: number
}

/** The loss and the norm of its gradient; empty for what has another task. */
type Computed = Pick<Timing, 'task' | 'loss' | 'norm'>

interface Running {
  readonly variant: Variant
  readonly worker: Worker
  readonly memory: number
  readonly computed: Computed
  /** Milliseconds, by round. */
  readonly rounds: number[][]
}

/** A loss that is not the oracle's, or labels that are not assignTargets': their times would be worth nothing. */
export class WrongLoss extends Error {
  override readonly name = 'WrongLoss'
}

/**
 * Times variants against each other, round by round and each in a process of its own, so that what disturbs the machine
 * disturbs all of them. Variants with and without gradients are two such contests.
 * @throws WrongLoss when a variant does not compute `loss`, or the gradient of the others; nothing is timed then
 */
export async function measure(variants: readonly Maybe[], loss: number, effort: Effort): Promise<Measured> {
  const absent: Absent[] = variants.filter((v) => !isPresent(v)) as Absent[]
  const timings: Timing[] = []
  const calm = new Calm(effort.patience)
  for (const gradients of [false, true]) {
    const running: Running[] = []
    try {
      for (const variant of variants.filter(isPresent).filter((v) => v.gradients === gradients)) {
        const started = await start(variant, loss)
        if ('why' in started) absent.push(started)
        else running.push(started)
      }
      sameNorms(running)
      await contest(running, effort, calm)
      timings.push(...running.map((one) => timingOf(one, running)))
    } finally {
      await Promise.all(running.map(({ worker }) => worker.stop()))
    }
  }
  return { timings, absent, disturbed: timings.length > 0 ? calm.kept / (timings.length * effort.rounds) : 0 }
}

async function start(variant: Variant, expected: number): Promise<Running | Absent> {
  const worker = await Worker.start(variant.command).catch((error: Error) => error)
  if (worker instanceof Error) return { name: variant.name, why: worker.message }
  try {
    const [memory = Number.NaN] = await worker.ask('memory')
    const computed = checked(variant, await worker.ask('check'), expected)
    return { variant, worker, memory, computed, rounds: [] }
  } catch (error) {
    await worker.stop()
    if (error instanceof WrongLoss) throw error
    return { name: variant.name, why: (error as Error).message }
  }
}

/** @throws WrongLoss when it computes another loss than expected and should not, or other labels */
function checked({ name, task, tolerance }: Variant, answer: readonly number[], expected: number): Computed {
  const [value = Number.NaN, norm] = answer
  if (task === 'labels' && value !== 0) throw new WrongLoss(`${name}: ${value} entries of its labels are wrong`)
  if (task === 'another loss' && !Number.isFinite(value)) throw new WrongLoss(`${name} computes ${value}`)
  if (task) return { task }
  if (!(Math.abs(value - expected) <= tolerance * Math.abs(expected)))
    throw new WrongLoss(`${name} computes ${value} where the oracle has ${expected}`)
  return { loss: value, ...(norm === undefined ? {} : { norm }) }
}

/** Gradients have no oracle here, but agree with each other. */
function sameNorms(running: readonly Running[]): void {
  const [first, ...rest] = running.flatMap(({ variant, computed: { norm } }) =>
    norm === undefined ? [] : [{ name: variant.name, norm }],
  )
  for (const { name, norm } of rest)
    if (!(Math.abs(norm - (first?.norm ?? 0)) <= 1e-4 * norm))
      throw new WrongLoss(`the gradient of ${name} has norm ${norm}, of ${first?.name} ${first?.norm}`)
}

async function contest(running: readonly Running[], { rounds, turn }: Effort, calm: Calm): Promise<void> {
  const counts: number[] = []
  for (const { worker } of running) {
    const [ns = 1] = await worker.ask('run 1')
    counts.push(Math.min(Math.max(Math.round((turn * 1e6) / ns), 1), 50))
  }
  for (let round = 0; round < rounds; round++)
    for (const [i, one] of running.entries())
      one.rounds.push((await calm.of(() => one.worker.ask(`run ${counts[i]}`))).map((ns) => ns / 1e6))
}

function timingOf({ variant, rounds, memory, computed }: Running, all: readonly Running[]): Timing {
  const others = all.filter((other) => other.variant !== variant)
  return {
    name: variant.name,
    gradients: variant.gradients,
    ms: spreadOf(rounds.flat()),
    fastest: Math.min(...rounds.flat()),
    memory,
    ...computed,
    ratios: Object.fromEntries(others.map((other) => [other.variant.name, ratioOf(rounds, other.rounds)])),
  }
}
