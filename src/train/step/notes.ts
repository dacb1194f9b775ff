import type { Detector } from '../../detector/index.js'
import { listed, sizeOf } from '../../io/index.js'
import type { Choice } from './choice.js'

/** How many numbers are trained. */
export function numbersIn({ initializers }: Detector, { trained }: Choice): number {
  const sizes = [...trained.keys()].map((name) => sizeOf((initializers.get(name)?.dims ?? []).map(Number)))
  return sizes.reduce((a, b) => a + b, 0)
}

/** Convolutions with a bias and no batch norm in the whole detector: it was exported for inference. */
function foldedNorms({ graph }: Detector): string[] {
  const ops = new Set(graph.node.map(({ opType }) => opType))
  const biased = graph.node.filter((n) => n.opType === 'Conv' && n.input.length > 2).length
  if (ops.has('BatchNormalization') || biased < 3) return []
  return [
    'it has no batch norm left: if there were some, the export folded them into the convolutions, which train as they are; ' +
      'to keep them, export it from PyTorch with training=TrainingMode.PRESERVE and do_constant_folding=False',
  ]
}

/** Parameters that exporters hand to several nodes through Identity nodes. */
function tied({ graph, initializers }: Detector): string[] {
  const shared = graph.node.filter((n) => n.opType === 'Identity' && initializers.has(n.input[0] ?? ''))
  if (shared.length === 0) return []
  const names = shared.map((n) => n.output[0] as string)
  return [`equal parameters were stored once by the export; ${listed(names.slice(0, 4))} stay as they are`]
}

/** What a user should know of what is trained. */
export const notesOn = (detector: Detector): string[] => [...foldedNorms(detector), ...tied(detector)]
