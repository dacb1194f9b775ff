import type { DataOptions } from '../../verify/index.js'
import { flag, grouped, type ValuesOf } from './flag.js'
import { numberFrom, parseIndex } from './parse.js'

/** What every command that takes data says of them. */
export const whatDataAre = `
Data are .npz files whose arrays are named as the inputs of the graph (y_pred_0 …, y_true_0 …), in one file or spread
over several, .npy files of such names, or case folders in the layout of the ONNX backend tests.
`

/** @param words what they are for */
export const data = (words: string) => flag('--data <paths...>', `.npz files or case folders with ${words}`)

// Bytes are counted exactly up to here.
const mostUnpacked = 2 ** 33

/** How data are read. */
export const reading = grouped(
  'Data',
  flag('--set <n>', 'which test_data_set of a case folder', { parse: parseIndex, default: 0 }),
  flag('--max-unpacked <MiB>', 'of the arrays of one .npz file together', {
    parse: numberFrom(0.0001, mostUnpacked),
    default: 1024,
  }),
)

/** The same as the reader of data takes it. */
export const readingOf = ({ set, maxUnpacked }: ValuesOf<typeof reading>): DataOptions => ({
  set,
  maxUnpacked: maxUnpacked * 2 ** 20,
})
