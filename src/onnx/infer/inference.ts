import type { Inference } from './known.js'
import { elementwiseInference } from './rules/elementwise.js'
import { movementInference } from './rules/movement.js'
import { selectInference } from './rules/select.js'
import { spaceInference } from './rules/space.js'

/** What each operator of ONNX's own domain makes of what is known of its operands. */
export const inference: Readonly<Record<string, Inference>> = {
  ...elementwiseInference,
  ...movementInference,
  ...selectInference,
  ...spaceInference,
}
