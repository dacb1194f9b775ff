import { type Note, notesOnConfig, notesOnData } from '../../notes/index.js'
import type { Data } from '../../verify/index.js'
import { boxesName, type LossConfig } from '../../yolo/index.js'
import { type Boxes, chosen, mostRows, tableOf } from './boxes.js'

/** Notes on what a graph is run on; none where it does not say what it computes. */
export const dataNotes = ({ inputs, from }: Data, config: LossConfig | undefined): Note[] =>
  config ? notesOnData({ config, inputs, from }) : []

/** Notes on the configuration that a graph carries. */
export const graphNotes = (file: string, config: LossConfig | undefined): Note[] =>
  config ? notesOnConfig(config, (key) => `${file}, "${key}"`) : []

/** A mistake of a whole array shows in its first images. */
const looked = 1000

/** Notes on boxes of an array, which are taken as they are; those of annotations have a size of their own. */
export function arrayNotes(all: Boxes, file: string, config: LossConfig, input: readonly [number, number]): Note[] {
  if (!all.padded) return []
  const boxes = chosen(all, 0, looked)
  const inputs = new Map([[boxesName, tableOf(boxes, mostRows(boxes).rows)]])
  return notesOnData({ config: { ...config, labels: 'boxes', input }, inputs, from: new Map([[boxesName, file]]) })
}
