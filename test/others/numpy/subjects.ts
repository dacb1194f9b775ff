import type { Tensor } from '../../../src/io/tensor.js'
import { encodeModel } from '../../../src/onnx/proto/encode.js'
import { evaluateModel } from '../../../src/runtime/session.js'
import { resolveConfig } from '../../../src/yolo/config/resolve.js'
import { type AssignConfig, assignTargets, type Size } from '../../../src/yolo/labels/assign.js'
import { lossModel } from '../../../src/yolo/loss.js'

/** Something that makes targets from boxes, and claims to be the original. */
export interface Subject {
  readonly name: string
  /**
   * Whether it throws BoxError for boxes on which the original raises, wraps around or writes over other channels. One
   * that cannot is not asked about them.
   */
  readonly refuses: boolean
  /** Families of boxes it is not asked about, and why. */
  readonly exempt?: Readonly<Record<string, string>>
  /** The targets `[B,h,w,A,5+C]` of each scale, coarsest first. */
  assign(boxes: Tensor<'float32'>, size: Size, config: AssignConfig): Promise<Float32Array[]> | Float32Array[]
}

export const subjects: Subject[] = [
  {
    name: 'assignTargets',
    refuses: true,
    assign: (boxes, size, config) => assignTargets(boxes, size, config).map(({ data }) => data),
  },
]

/** The static form has float32 alone, whose products of such sides underflow or overflow. */
const beyondFloat32 = {
  subnormal: 'sides whose products float32 has not',
  extreme: 'sides whose products float32 has not',
}

/** The target assignment as a graph, one for each size of its inputs. */
function graphSubject(form: 'compact' | 'static'): Subject {
  const models = new Map<string, Uint8Array>()
  const modelOf = (boxes: Tensor<'float32'>, input: Size, { anchors, anchorMask, classes }: AssignConfig) => {
    const [batch, maxBoxes] = boxes.shape
    const fixed = form === 'static' ? { batch, maxBoxes } : {}
    const config = { graph: 'targets', form, anchors, anchorMask, classes, input, ...fixed }
    const key = JSON.stringify(config)
    const model = models.get(key) ?? encodeModel(lossModel(resolveConfig(config)))
    models.clear()
    models.set(key, model)
    return model
  }
  return {
    name: `graph of targets, ${form}`,
    refuses: false,
    ...(form === 'static' ? { exempt: beyondFloat32 } : {}),
    assign: async (boxes, size, config) => {
      const outputs = await evaluateModel(modelOf(boxes, size, config), { boxes })
      return config.anchorMask.map((_, l) => outputs.get(`y_true_${l}`)?.data as Float32Array)
    },
  }
}

subjects.push(graphSubject('compact'), graphSubject('static'))
