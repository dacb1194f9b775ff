import type { Rule } from './rule.js'
import { arithmeticRules } from './rules/arithmetic.js'
import { convolutionRules } from './rules/convolution.js'
import { matrixRules } from './rules/matrices.js'
import { movementRules } from './rules/movement.js'
import { normalizationRules } from './rules/normalization.js'
import { pointwiseRules } from './rules/pointwise.js'
import { poolingRules } from './rules/pooling.js'
import { reductionRules } from './rules/reductions.js'
import { resizeRules } from './rules/resize.js'
import { selectRules } from './rules/select.js'

/** The rule of each operator of ONNX's own domain that passes gradients on. */
export const rules: Readonly<Record<string, Rule>> = {
  ...convolutionRules,
  ...normalizationRules,
  ...pointwiseRules,
  ...arithmeticRules,
  ...matrixRules,
  ...movementRules,
  ...poolingRules,
  ...resizeRules,
  ...reductionRules,
  ...selectRules,
}
