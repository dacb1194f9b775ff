import type { Detector } from '../../detector/index.js'
import { listed } from '../../io/index.js'
import type { NoteKind } from '../note.js'

/** Parameters that exporters hand to several nodes through Identity nodes. */
export const tiedParameters: NoteKind<Detector> = {
  code: 'tied-parameters',
  what: 'the export stored equal parameters once, and those that stand for others stay as they are',
  remedy: 'export a detector that is trained already, whose parameters differ',
  find: ({ graph, initializers, file }) => {
    const names = graph.node
      .filter((n) => n.opType === 'Identity' && initializers.has(n.input[0] ?? ''))
      .map((n) => n.output[0] as string)
    if (names.length === 0) return undefined
    return { where: file, values: { parameters: listed(names.slice(0, 4)) }, more: Math.max(0, names.length - 4) }
  },
}
