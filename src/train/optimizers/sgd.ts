import { add, mul, sub } from '../../onnx/math.js'
import type { UpdateRule } from './rule.js'

/** Source: Sutskever et al., "On the importance of initialization and momentum in deep learning", 2013, as in torch.optim.SGD. */
export const sgd: UpdateRule = {
  formula: 'v ← μ·v + g + λ·w,  w ← w − r·v',
  remembers: ['momentum'],
  step: ({ weight, gradient, rate, decay, state: { momentum } }, { momentum: μ }) => {
    const g = decay === 0 ? gradient : add(gradient, mul(weight, decay))
    const v = momentum ? add(mul(momentum, μ), g) : g
    return { weight: sub(weight, mul(v, rate)), state: { momentum: v } }
  },
}
