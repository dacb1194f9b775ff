import type { Detector } from '../../detector/index.js'
import type { NoteKind } from '../note.js'

/** A bias alone says little: heads have one in any detector. */
const fewestBiased = 4

/** Convolutions with a bias and no batch norm in the whole detector: it was exported for inference. */
export const foldedNorms: NoteKind<Detector> = {
  code: 'folded-batch-norms',
  what: 'no batch norm is left: if there were some, the export folded them into the convolutions, which train as they are',
  remedy: 'to keep them, export it from PyTorch with training=TrainingMode.PRESERVE and do_constant_folding=False',
  find: ({ graph, file }) => {
    const ops = new Set(graph.node.map(({ opType }) => opType))
    const biased = graph.node.filter((n) => n.opType === 'Conv' && n.input.length > 2).length
    if (ops.has('BatchNormalization') || biased < fewestBiased) return undefined
    return { where: file, values: { 'convolutions with a bias': biased } }
  },
}
