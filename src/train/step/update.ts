import type { ParameterKind } from '../../detector/index.js'
import type { Graph, Value } from '../../onnx/index.js'
import { where } from '../../onnx/logic.js'
import { add, div, min, mul, reduceSum, sqrt, sub } from '../../onnx/math.js'
import { cast } from '../../onnx/shape.js'
import { type Moment, updateRules, type V } from '../optimizers/rules.js'
import { defaultSettings, type StepOptions } from './options.js'

/** A parameter with its gradient. */
export interface Derived {
  readonly name: string
  readonly kind: ParameterKind
  readonly value: V
  readonly gradient: V
}

/** What an input is at first: zeros in the shape of a parameter, or its values. */
export interface Initial {
  readonly like: string
  readonly zero: boolean
}

/** What is remembered between steps, and the values of the next one, by the names of the inputs. */
export interface Update {
  readonly next: Readonly<Record<string, Value>>
  readonly state: ReadonlyMap<string, Initial>
}

/** 1 − βᵗ in float64, for 1 − 0.999 keeps four digits of float32. */
function correctionsAt(t: Value<'float64'>, betas: readonly [number, number]): Moment['corrections'] {
  const { graph } = t
  const correction = (β: number) => {
    let made: V | undefined
    return (): V => {
      if (made) return made
      const power = graph.emit('Pow', [graph.scalar(β, 'float64'), t], ['float64', []])
      made = cast(sub(graph.scalar(1, 'float64'), power), 'float32')
      return made
    }
  }
  return [correction(betas[0]), correction(betas[1])]
}

/** Gradients shortened so that their L2 norm, all together, is at most c. Source: torch.nn.utils.clip_grad_norm_. */
function clipped(derived: readonly Derived[], c: number): Derived[] {
  const squares = derived.map(({ gradient }) => reduceSum(mul(gradient, gradient)))
  const norm = sqrt(squares.reduce((a, b) => add(a, b)))
  const factor = min(div(norm.graph.scalar(c, 'float32'), add(norm, 1e-6)), 1)
  return derived.map((d) => ({ ...d, gradient: mul(d.gradient, factor) }))
}

/** How many steps make one update, and whether this one is the last of them. */
interface Turn {
  readonly count: number
  readonly isLast?: Value<'bool'>
  /** Number of the update, from 1 on. */
  readonly t: Value<'float64'>
}

function turnOf(step: Value<'int64'>, count: number): Turn {
  const { graph } = step
  const update = count === 1 ? step : div(step, count)
  const t = add(cast(update, 'float64'), 1)
  if (count === 1) return { count, t }
  const place = sub(step, mul(update, count))
  return { count, t, isLast: graph.emit('Equal', [place, graph.scalar(count - 1, 'int64')], ['bool', []]) }
}

/** Decay is for weights proper. */
const decayOf = (kind: ParameterKind, λ: number): number => (kind === 'weight' ? λ : 0)

/** Writes the update of all parameters; what it remembers becomes inputs of the graph. */
export class Updates {
  readonly #next: Record<string, Value> = {}
  readonly #state = new Map<string, Initial>()

  constructor(
    readonly graph: Graph,
    readonly options: StepOptions,
  ) {}

  of(derived: readonly Derived[], rate: V, step: Value<'int64'>): Update {
    const { clipNorm, accumulate = 1 } = this.options
    const turn = turnOf(step, accumulate)
    const gathered = derived.map((d) => ({ ...d, gradient: this.#gathered(d, turn) }))
    const shortened = clipNorm === undefined ? gathered : clipped(gathered, clipNorm)
    const corrections = correctionsAt(turn.t, this.#settings.betas)
    for (const d of shortened) this.graph.scope(d.name, () => this.#step(d, { rate, corrections }, turn))
    this.#next.step = add(step, 1)
    return { next: this.#next, state: this.#state }
  }

  get #settings() {
    return { ...defaultSettings, ...this.options.settings }
  }

  #remembered(what: string, of: V, zero = true): V {
    const name = `${what}/${of.name}`
    this.#state.set(name, { like: of.name, zero })
    return this.graph.input(name, 'float32', of.shape)
  }

  /** The mean gradient of the steps up to this one; what was gathered is given up with the last. */
  #gathered({ value, gradient }: Derived, { count, isLast }: Turn): V {
    if (!isLast) return gradient
    const sum = add(this.#remembered('accumulated', value), mul(gradient, 1 / count))
    this.#next[`accumulated/${value.name}`] = where(isLast, 0, sum)
    return sum
  }

  #step({ name, kind, value, gradient }: Derived, at: Pick<Moment, 'rate' | 'corrections'>, { isLast }: Turn): void {
    const { optimizer, weightDecay = 0, ema } = this.options
    const rule = updateRules[optimizer]
    const state = Object.fromEntries(rule.remembers.map((of) => [of, this.#remembered(of, value)]))
    const moment = { ...at, weight: value, gradient, decay: decayOf(kind, weightDecay), state }
    const stepped = rule.step(moment, this.#settings)
    const kept = (next: V, before: V) => (isLast ? where(isLast, next, before) : next)
    const weight = kept(stepped.weight, value)
    this.#next[name] = weight
    for (const [of, next] of Object.entries(stepped.state)) this.#next[`${of}/${name}`] = kept(next, state[of] as V)
    if (ema === undefined) return
    const before = this.#remembered('ema', value, false)
    this.#next[`ema/${name}`] = kept(add(mul(before, ema), mul(weight, 1 - ema)), before)
  }
}
