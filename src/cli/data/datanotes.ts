import { type Note, notesOnConfig, notesOnData } from '../../notes/index.js'
import type { Data } from '../../verify/index.js'
import type { LossConfig } from '../../yolo/index.js'

/** Notes on what a graph is run on; none where it does not say what it computes. */
export const dataNotes = ({ inputs, from }: Data, config: LossConfig | undefined): Note[] =>
  config ? notesOnData({ config, inputs, from }) : []

/** Notes on the configuration that a graph carries. */
export const graphNotes = (file: string, config: LossConfig | undefined): Note[] =>
  config ? notesOnConfig(config, (key) => `${file}, "${key}"`) : []
