import type { Real } from '../../../io/index.js'
import type { Value } from '../../../onnx/index.js'
import { equal, not, where } from '../../../onnx/logic.js'
import { split } from '../../../onnx/parts.js'
import { squeeze } from '../../../onnx/shape.js'
import { ofImages } from '../../heads/head.js'
import { anchorsOfRows, cellTable, rowNumbers, type Scale } from '../scale.js'
import type { Matches } from './match.js'

/** What labels `[B, h, w, A, 5+C]` hold: every row of predictions with an objectness other than 0 (semantics S8). */
export function labelled<D extends Real>(scale: Scale<D>, labels: Value<D>): Matches<D> {
  const { graph, rows, classes } = scale
  return graph.scope(`layer${scale.l}/matches`, () => {
    const [box, objectness, cls] = split(ofImages(labels, rows, [], [5 + classes]), [4, 1, classes], 2)
    const here = not(equal(objectness, 0)) // [B, h·w·A, 1]
    const exists = squeeze(here, [2])
    return {
      exists,
      index: where(exists, rowNumbers(scale), 0),
      cell: where(here, cellTable(scale), 0),
      anchor: where(here, anchorsOfRows(scale), 1),
      box: where(here, box, 0.5),
      objectness: squeeze(objectness, [2]),
      classes: where(here, cls, 0),
      distinct: true,
      everyRow: true,
    }
  })
}
