import { quoted, refuse } from '../../io/index.js'
import type { Data } from '../../verify/index.js'
import { coarsestStride, type LossConfig, ofScale } from '../../yolo/index.js'
import { pictureOf } from './annotated.js'

/**
 * Refuses dense labels of another grid than the pictures that a detector with its loss is given: graphs of open sizes would
 * read them as those of other cells.
 * @throws InputError naming the labels
 */
export function refuseOtherGrids(
  { inputs }: Pick<Data, 'inputs'>,
  config: LossConfig | undefined,
  place: string,
): void {
  const [picture, ...more] = [...inputs.values()].flatMap(({ shape }) => pictureOf(shape) ?? [])
  if (!config || !picture || more.length > 0 || inputs.has(ofScale('y_pred', 0))) return
  for (const [l] of config.anchorMask.entries()) {
    const shape = inputs.get(ofScale('y_true', l))?.shape
    const stride = coarsestStride / 2 ** l
    const grid = picture.size.map((side) => side / stride)
    if (!shape || (shape[1] === grid[0] && shape[2] === grid[1])) continue
    const what = `${quoted(ofScale('y_true', l))} has a grid of ${shape[1]}×${shape[2]}, and pictures of ${picture.size.join('×')} have ${grid.join('×')}`
    refuse('E_LABEL_GRID', place, what, 'make the labels for the size of the pictures')
  }
}
