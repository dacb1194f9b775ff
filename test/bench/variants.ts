import { fileURLToPath } from 'node:url'
import type { Model } from '../../src/onnx/graph/model.js'
import { encodeModel } from '../../src/onnx/proto/encode.js'
import type { Provider } from '../../src/runtime/providers/all.js'
import { toleranceOf } from '../../src/verify/cases/tolerance.js'
import type { ConfigInput, LossConfig } from '../../src/yolo/config/config.js'
import { resolveConfig } from '../../src/yolo/config/resolve.js'
import { lossModel } from '../../src/yolo/loss.js'
import { type BenchData, configOf } from './cases.js'
import { assigned } from './host.js'
import type { Peers } from './peers.js'
import type { Store } from './store.js'
import type { Command } from './worker.js'
import { withZeros } from './zeros.js'

/** What a variant is timed for that does not compute the loss: another loss, or labels from boxes on the host. */
export type Task = 'another loss' | 'labels'

/** Something that computes the loss of a case, in a process of its own. */
export interface Variant {
  readonly name: string
  /** Variants with gradients are timed among themselves. */
  readonly gradients: boolean
  readonly command: Command
  /** How far its loss may be from the oracle's, relative. */
  readonly tolerance: number
  readonly task?: Task
  /** The ONNX file it runs, if it runs one. */
  readonly graph?: string
}

/** A variant that cannot be timed, and why. */
export interface Absent {
  readonly name: string
  readonly why: string
}

export type Maybe = Variant | Absent

export const isPresent = (variant: Maybe): variant is Variant => !('why' in variant)

/** The forms of our graph. Those that the configuration refuses are absent. */
export const forms = ['compact', 'static', 'loop'] as const
export type Form = (typeof forms)[number]

const worker = fileURLToPath(new URL('ort-worker.ts', import.meta.url))

export const ortCommand = (store: Store, graph: string, provider: Provider = 'cpu', ...more: string[]): Command => ({
  file: process.execPath,
  args: ['--import', 'tsx', worker, store.folder, graph, provider, ...more],
})

/** What a graph computes beside the loss. */
export type Outputs = readonly ('components' | 'gradients')[]

/** What a form needs to know beside the preset. */
function formConfig(form: Form, { case: bench, tensors }: BenchData): Record<string, unknown> {
  if (form === 'compact') return {}
  if (form === 'loop') return { form }
  const most = Math.max(...tensors.labels.flatMap((y) => countsOf(y.data, y.shape)))
  return { form, batch: bench.batch, input: [bench.size, bench.size], maxBoxes: Math.max(most, bench.boxes, 1) }
}

/** Objects of each image in labels `[B, h, w, A, 5+C]`. */
function countsOf(data: Float32Array, shape: readonly number[]): number[] {
  const [batch = 0, h = 0, w = 0, anchors = 0, entries = 0] = shape
  const cells = h * w * anchors
  const has = (image: number, cell: number) => data[(image * cells + cell) * entries + 4] !== 0
  return Array.from(
    { length: batch },
    (_, b) => Array.from({ length: cells }, (_, c) => has(b, c)).filter(Boolean).length,
  )
}

/** The graph of a form. @throws ConfigError when the configuration knows no such form */
function modelOf(form: Form, data: BenchData, outputs: Outputs, labels: LossConfig['labels'] = 'dense'): Model {
  const more = Object.fromEntries(outputs.map((output) => [output, true]))
  const rows = labels !== 'dense' && form === 'static' ? { maxBoxes: data.boxes.shape[1] } : {}
  const input = { ...configOf(data.case), ...formConfig(form, data), ...rows, ...more, labels }
  return lossModel(resolveConfig(input as ConfigInput))
}

/** The same as a file. */
export const graphBytes = (form: Form, data: BenchData, outputs: Outputs): Uint8Array =>
  encodeModel(modelOf(form, data, outputs))

const standard = { rtol: 2e-6, atol: 0, source: 'the bench' }

/** How far our loss may be from the oracle's on a provider, relative. */
const toleranceOn = (provider: Provider): number =>
  toleranceOf({ standard, outputs: new Map() }, 'loss', 'float32', provider).rtol

/** What `make` makes, or why it cannot. */
function attempt(name: string, make: () => Omit<Variant, 'name'>): Maybe {
  try {
    return { name, ...make() }
  } catch (error) {
    return { name, why: (error as Error).message }
  }
}

/** A form of ours on a provider. */
export const ours = (form: Form, outputs: Outputs, data: BenchData, store: Store, provider: Provider = 'cpu'): Maybe =>
  attempt([form, ...outputs].join(' + '), () => {
    const graph = store.write(`${[form, ...outputs].join('-')}.onnx`, graphBytes(form, data, outputs))
    const [command, tolerance] = [ortCommand(store, graph, provider), toleranceOn(provider)]
    return { gradients: outputs.includes('gradients'), command, tolerance, graph }
  })

/**
 * Of these the gradients are checked, but only the loss is fetched in what is timed: the runtime makes and holds all of
 * them, as PyTorch does, and Node's binding copies none into JavaScript.
 */
const unfetched = (name: string, file: string, store: Store, make: () => Model): Maybe =>
  attempt(name, () => {
    const graph = store.write(`${file}.onnx`, encodeModel(make()))
    return { gradients: true, command: ortCommand(store, graph, 'cpu', '', 'loss'), tolerance: toleranceOn('cpu') }
  })

/** Forms that take boxes instead of dense labels. */
function fromBoxes(data: BenchData, store: Store): Maybe[] {
  const plain = (['compact', 'static'] as const).map((form) =>
    attempt(`${form} from boxes`, () => {
      const graph = store.write(`${form}-boxes.onnx`, encodeModel(modelOf(form, data, [], 'boxes')))
      return { gradients: false, command: ortCommand(store, graph), tolerance: toleranceOn('cpu'), graph }
    }),
  )
  const derived = unfetched('compact from boxes + gradients', 'compact-boxes-derived', store, () =>
    modelOf('compact', data, ['gradients'], 'boxes'),
  )
  return [...plain, derived]
}

/** Everything that is timed on this case. */
export function variantsOf(data: BenchData, store: Store, peers: Peers): Maybe[] {
  const plain = forms.map((form) => ours(form, [], data, store))
  const derived = forms.map((form) =>
    unfetched(`${form} + gradients`, `${form}-derived`, store, () => modelOf(form, data, ['gradients'])),
  )
  const copied = { ...ours('compact', ['gradients'], data, store), name: 'compact + gradients, copied into JavaScript' }
  // What it takes to write as much, whatever is written: the compact loss, and zeros padded and reshaped to that size.
  const zeros = unfetched('compact + zeros', 'zeros', store, () => withZeros(lossModel(data.config)))
  return [...plain, ...fromBoxes(data, store), ...derived, copied, zeros, ...peers.variants(store), assigned(store)]
}
