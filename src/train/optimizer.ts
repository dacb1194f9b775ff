import type { Graph, Value } from '../onnx/index.js'
import { add, div, mul, sqrt, sub } from '../onnx/math.js'

/** How weights follow their gradient. */
export type Optimizer =
  | { readonly kind: 'sgd'; readonly momentum: number }
  | { readonly kind: 'adam'; readonly beta1: number; readonly beta2: number; readonly epsilon: number }

/** The usual settings. */
export const sgd: Optimizer = { kind: 'sgd', momentum: 0.9 }
export const adam: Optimizer = { kind: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }

/** Values of the next step by the name of the input they go into. */
export type Next = Record<string, Value<'float32'>>

/** Makes the next weight, and the next state beside it, from a weight `name`, its gradient and the learning rate. */
export type Update = (
  name: string,
  weight: Value<'float32'>,
  gradient: Value<'float32'>,
  rate: Value<'float32'>,
) => Next

/** The update rule of an optimizer; what it remembers becomes inputs of the graph, zeros before the first step. */
export function updateOf(graph: Graph, optimizer: Optimizer): { readonly update: Update; readonly shared: Next } {
  if (optimizer.kind === 'sgd') return { update: sgdUpdate(graph, optimizer), shared: {} }
  const { beta1, beta2 } = optimizer
  const powers = { beta1_power: graph.input('beta1_power', 'float32', []), beta2_power: graph.input('beta2_power', 'float32', []) } // biome-ignore format: one row
  const shared = { beta1_power: mul(powers.beta1_power, beta1), beta2_power: mul(powers.beta2_power, beta2) }
  return { update: adamUpdate(graph, optimizer, shared), shared }
}

/** v ← μ·v + g,  w ← w − r·v.  Source: Sutskever et al., "On the importance of initialization and momentum", as PyTorch. */
const sgdUpdate =
  (graph: Graph, { momentum }: Optimizer & { kind: 'sgd' }): Update =>
  (name, weight, gradient, rate) => {
    const before = graph.input(`velocity_${name}`, 'float32', weight.shape)
    const velocity = add(mul(before, momentum), gradient)
    return { [name]: sub(weight, mul(velocity, rate)), [`velocity_${name}`]: velocity }
  }

/**
 * m ← β₁·m + (1−β₁)·g,  v ← β₂·v + (1−β₂)·g²,  w ← w − r · m/(1−β₁ᵗ) / (√(v/(1−β₂ᵗ)) + ε), with βᵗ carried along from 1.
 * Source: Kingma & Ba, "Adam", algorithm 1.
 */
const adamUpdate =
  (graph: Graph, { beta1, beta2, epsilon }: Optimizer & { kind: 'adam' }, powers: Next): Update =>
  (name, weight, gradient, rate) => {
    const remembered = (kind: string) => graph.input(`${kind}_${name}`, 'float32', weight.shape)
    const mean = add(mul(remembered('mean'), beta1), mul(gradient, 1 - beta1))
    const square = add(mul(remembered('square'), beta2), mul(mul(gradient, gradient), 1 - beta2))
    const corrected = (x: Value<'float32'>, power: Value<'float32'>) => div(x, sub(graph.scalar(1, 'float32'), power))
    const direction = div(
      corrected(mean, powers.beta1_power as Value<'float32'>),
      add(sqrt(corrected(square, powers.beta2_power as Value<'float32'>)), epsilon),
    )
    return { [name]: sub(weight, mul(direction, rate)), [`mean_${name}`]: mean, [`square_${name}`]: square }
  }
