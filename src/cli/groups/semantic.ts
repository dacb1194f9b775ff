import { layoutNames } from '../../yolo/index.js'
import { flag, flagsOf } from './flag.js'
import { numberFrom } from './parse.js'

/** The layout of the logits, and of whatever has a number for each. */
export const layout = flagsOf(
  flag('--layout <name>', 'order of the axes of logits and gradients (default nhwc)', { choices: layoutNames }),
)

/** What of a configuration is no box, for commands that have no use for the other options of a graph. */
export const reading = flagsOf(
  ...layout,
  flag('--ignore-thresh <n>', 'IoU from which a prediction is no background', { parse: numberFrom(0, 1) }),
)

/** What every command says of the arrays it takes. */
export const whatArraysAre = `
Arrays are y_pred_0 … [B,h,w,A·(5+C)], or of another --layout, coarsest scale first, and boxes [B,M,5]: xmin ymin xmax ymax class in pixels of the
network input, rows of zeros fill up, [B,M,6] with an objectness last; or labels y_true_0 … [B,h,w,A,5+C]. The
configuration is that of the flags, else that of the case, or of the arrays that "probe" writes.
`
