import type { Detector } from '../../detector/index.js'
import { encodeModel, Graph } from '../../onnx/index.js'
import type { V } from '../optimizers/rules.js'
import type { StepOptions } from './options.js'
import { type Derived, type Initial, Updates } from './update.js'

/** The update of a training step as a model of its own. */
export interface UpdateModel {
  readonly bytes: Uint8Array
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
}

/**
 * The update without what derives: from parameters under their own names, their gradients `grad/NAME`, `rate`, `step` and
 * what is remembered to `next_<input>`. So gradients of several machines can be averaged in between.
 * @returns with it what is remembered, and what that is at first
 */
export function updateApart(
  { info }: Pick<Detector, 'info'>,
  { opset }: Pick<Graph, 'opset'>,
  parameters: readonly Pick<Derived, 'name' | 'kind' | 'value'>[],
  options: StepOptions,
): { readonly update: UpdateModel; readonly state: ReadonlyMap<string, Initial> } {
  const graph = new Graph({ opset, irVersion: info.irVersion })
  const input = (name: string, { shape }: V): V => graph.input(name, 'float32', shape)
  const derived = parameters.map(({ name, kind, value }): Derived => {
    return { name, kind, value: input(name, value), gradient: input(`grad/${name}`, value) }
  })
  const [rate, step] = [graph.input<'float32'>('rate', 'float32', []), graph.input<'int64'>('step', 'int64', [])]
  const { next, state } = graph.scope('update', () => new Updates(graph, options).of(derived, rate, step))
  const outputs = Object.fromEntries(Object.entries(next).map(([name, v]) => [`next_${name}`, v]))
  const { body, ...model } = graph.build(outputs, { name: 'update' })
  const bytes = encodeModel({ ...model, body: { ...body, values: [] } })
  return { update: { bytes, inputs: body.inputs.map(({ name }) => name), outputs: Object.keys(outputs) }, state }
}
