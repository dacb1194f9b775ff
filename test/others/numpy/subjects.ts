import type { Tensor } from '../../../src/io/tensor.js'
import { encodeModel } from '../../../src/onnx/proto/encode.js'
import { assignBoxes } from '../../../src/reference/assign.js'
import { evaluateModel } from '../../../src/runtime/session.js'
import { resolveConfig } from '../../../src/yolo/config/resolve.js'
import { type AssignConfig, assignTargets, BoxError, type Size } from '../../../src/yolo/labels/assign.js'
import { lossModel } from '../../../src/yolo/loss.js'
import type { Group } from './groups.js'

/** Something that makes targets from boxes as the original does, and throws BoxError where that raises or wraps around. */
export interface Subject {
  readonly name: string
  /** Why it is not asked about a group. */
  readonly exempt?: (group: Pick<Group, 'name' | 'family'>) => string | undefined
  /** The targets `[B,h,w,A,5+C]` of each scale, coarsest first. */
  assign(boxes: Tensor<'float32'>, size: Size, config: AssignConfig): Promise<Float32Array[]> | Float32Array[]
}

export const subjects: Subject[] = [
  {
    name: 'assignTargets',
    assign: (boxes, size, config) => assignTargets(boxes, size, config).map(({ data }) => data),
  },
]

/** The graphs have float32 alone: products of such sides underflow or overflow, and such anchors are rounded. */
function beyondFloat32({ name, family }: Pick<Group, 'name' | 'family'>): string | undefined {
  if (['subnormal', 'extreme', 'overflowing'].includes(family)) return 'sides whose products float32 has not'
  const isRounded = name.startsWith('fractional anchors') && family === 'negativeArea'
  return isRounded ? 'areas of anchors that float32 has not' : undefined
}

/** Row and image of the first box that a graph refused. */
function refuse(boxes: Tensor<'float32'>, first: number): never {
  const rows = boxes.shape[1] as number
  throw new BoxError(Math.floor(first / rows), first % rows, 'refused by the graph')
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
    exempt: beyondFloat32,
    assign: async (boxes, size, config) => {
      const outputs = await evaluateModel(modelOf(boxes, size, config), { boxes })
      const told = (name: string) => Number(outputs.get(name)?.data[0])
      if (told('boxes_refused') > 0) refuse(boxes, told('first_refused'))
      return config.anchorMask.map((_, l) => outputs.get(`y_true_${l}`)?.data as Float32Array)
    },
  }
}

/** The loop of the reference, which makes the expectations of fixtures. */
const reference: Subject = {
  name: 'reference',
  assign: (boxes, [height, width], config) => {
    const { labels, refused } = assignBoxes({ ...config, boxes, input: { width, height }, padding: 'original' })
    if (refused[0] !== undefined) refuse(boxes, refused[0])
    return labels.map(({ data }) => data as Float32Array)
  },
}

subjects.push(reference, graphSubject('compact'), graphSubject('static'))
