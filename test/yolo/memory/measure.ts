import { readFileSync } from 'node:fs'
import { float32, type Tensor } from '../../../src/io/tensor.js'
import { encodeModel } from '../../../src/onnx/proto/encode.js'
import { openSession } from '../../../src/runtime/session.js'
import type { LossConfig } from '../../../src/yolo/config/config.js'
import { resolveConfig } from '../../../src/yolo/config/resolve.js'
import { assignTargets } from '../../../src/yolo/labels/assign.js'
import { lossModel } from '../../../src/yolo/loss.js'

/** What a run is measured at. */
export interface MemoryCase {
  readonly config: Record<string, unknown>
  readonly batch: number
  readonly input: readonly [height: number, width: number]
  readonly boxes: number
}

/** Boxes of the sizes of the anchors, all over the image: `[B, T, 5]`, filled up to the rows that the graph takes. */
function boxesOf({ batch, input, boxes }: MemoryCase, config: LossConfig): Tensor<'float32'> {
  const [h, w] = input
  let seed = 1
  const random = () => {
    seed = (seed * 48271) % 2147483647
    return seed / 2147483647
  }
  const rowsOfImage = config.labels === 'dense' ? boxes : (config.maxBoxes ?? boxes)
  const rows = Array.from({ length: batch * rowsOfImage }, (_, i) => {
    if (i % rowsOfImage >= boxes) return [0, 0, 0, 0, 0]
    const [aw, ah] = config.anchors[Math.floor(random() * config.anchors.length)] as readonly [number, number]
    const [bw, bh] = [Math.min(aw, w - 2), Math.min(ah, h - 2)]
    const [x, y] = [random() * (w - bw), random() * (h - bh)]
    return [x, y, x + bw, y + bh, Math.floor(random() * config.classes)]
  })
  return float32([batch, rowsOfImage, 5], rows.flat())
}

function labelsOf(test: MemoryCase, config: LossConfig): Record<string, Tensor<'float32'>> {
  const boxes = boxesOf(test, config)
  if (config.labels !== 'dense') return { boxes }
  return Object.fromEntries(assignTargets(boxes, test.input, config).map((y, l) => [`y_true_${l}`, y]))
}

const kilobytes = (field: string): number =>
  Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(readFileSync('/proc/self/status', 'utf8'))?.[1])

/** Bytes by which one run raises what the process has ever held, its inputs included. */
export async function measure(test: MemoryCase): Promise<number> {
  const config = resolveConfig(test.config)
  const session = await openSession(encodeModel(lossModel(config)), { threads: 1 })
  const labels = labelsOf(test, config)
  const sizes = config.anchorMask.map((mask, l) => {
    const [h, w] = test.input.map((pixels) => (pixels / 32) * 2 ** l) as [number, number]
    const width = mask.length * (5 + config.classes)
    return config.layout === 'nchw' ? [test.batch, width, h, w] : [test.batch, h, w, width]
  })
  globalThis.gc?.()
  const ofLabels = Object.values(labels).reduce((n, { data }) => n + data.byteLength, 0)
  const before = kilobytes('VmRSS') * 1024 - ofLabels
  const feeds = Object.fromEntries(sizes.map((shape, l) => [`y_pred_${l}`, logits(shape)] as const))
  await session.run({ ...(config.graph !== 'targets' && feeds), ...labels })
  return kilobytes('VmHWM') * 1024 - before
}

/** Without a second copy on the way, which would be counted. */
const logits = (shape: readonly number[]): Tensor => {
  const data = new Float32Array(shape.reduce((n, d) => n * d))
  for (let i = 0; i < data.length; i++) data[i] = ((i * 7919) % 400) / 100 - 3
  return { dtype: 'float32', shape, data }
}

if (process.argv[2]) console.log(await measure(JSON.parse(process.argv[2]) as MemoryCase))
