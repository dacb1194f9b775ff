import type { Graph, Value } from '../onnx/index.js'
import { mul, sub } from '../onnx/math.js'
import { type Moment, updateRules } from './optimizers/rules.js'

/** How weights follow their gradient. */
export type Optimizer =
  | { readonly kind: 'sgd'; readonly momentum: number }
  | { readonly kind: 'adam'; readonly beta1: number; readonly beta2: number; readonly epsilon: number }

/** The usual settings. */
export const sgd: Optimizer = { kind: 'sgd', momentum: 0.9 }
export const adam: Optimizer = { kind: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }

type V = Value<'float32'>

/** Values of the next step by the name of the input they go into. */
export type Next = Record<string, V>

/** Makes the next weight, and the next state beside it, from a weight `name`, its gradient and the learning rate. */
export type Update = (name: string, weight: V, gradient: V, rate: V) => Next

/** What the inputs are called that hold what an optimizer remembers. */
const inputNames: Readonly<Record<string, string>> = { momentum: 'velocity', adam_m: 'mean', adam_v: 'square' }

/** βᵗ is carried along from 1, so that a step needs no number. */
function carriedPowers(graph: Graph, betas: readonly [number, number]) {
  const [first, second] = betas.map((β, i) => mul(graph.input<'float32'>(`beta${i + 1}_power`, 'float32', []), β)) as [
    V,
    V,
  ]
  const left = (power: V) => () => sub(graph.scalar(1, 'float32'), power)
  const corrections: Moment['corrections'] = [left(first), left(second)]
  return { shared: { beta1_power: first, beta2_power: second }, corrections }
}

/** The update rule of an optimizer; what it remembers becomes inputs of the graph, zeros before the first step. */
export function updateOf(graph: Graph, optimizer: Optimizer): { readonly update: Update; readonly shared: Next } {
  const { kind } = optimizer
  const rule = updateRules[kind]
  const settings = { momentum: 0, betas: [0, 0] as const, epsilon: 0, ...settingsOf(optimizer) }
  const { shared, corrections } =
    kind === 'adam' ? carriedPowers(graph, settings.betas) : { shared: {}, corrections: [] as never }
  const update: Update = (name, weight, gradient, rate) => {
    const called = (of: string) => `${inputNames[of]}_${name}`
    const before = rule.remembers.map(
      (of) => [of, graph.input<'float32'>(called(of), 'float32', weight.shape)] as const,
    )
    const at = { weight, gradient, rate, decay: 0, state: Object.fromEntries(before), corrections }
    const next = rule.step(at, settings)
    const state = Object.entries(next.state).map(([of, v]) => [called(of), v] as const)
    return { [name]: next.weight, ...Object.fromEntries(state) }
  }
  return { update, shared }
}

const settingsOf = (o: Optimizer) =>
  o.kind === 'sgd' ? { momentum: o.momentum } : { betas: [o.beta1, o.beta2] as const, epsilon: o.epsilon }
