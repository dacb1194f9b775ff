import { flag, grouped, type ValuesOf } from './flag.js'
import { parseCount, parseSize } from './parse.js'
import { choosing } from './trainflags.js'

/** What of a detector is looked at for training. */
export const trainingLintFlags = grouped(
  'Training',
  flag('--batch <n>', 'images of a batch where the detector leaves it open; default 1', { parse: parseCount }),
  flag('--input <HxW>', 'size of an image where it leaves it open; default 416x416', { parse: parseSize }),
  flag('--heads <names>', 'values that are the heads: a,b,c; default its outputs', {
    parse: (text) => text.split(','),
  }),
  ...choosing(),
  flag('--rules', 'the operators that have a rule, and the rules; no graph is read'),
)

export type TrainingLintFlags = Omit<ValuesOf<typeof trainingLintFlags>, 'rules'>
