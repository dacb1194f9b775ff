import { Random } from '../../src/io/random.js'
import { type Real, sizeOf, type Tensor } from '../../src/io/tensor.js'
import { Graph } from '../../src/onnx/graph/graph.js'
import { cast } from '../../src/onnx/ops/movement.js'
import { evaluate } from '../../src/runtime/evaluate.js'
import type { Feeds } from '../../src/runtime/feeds.js'
import { openSession, type Session, type SessionOptions } from '../../src/runtime/session.js'
import type { ConfigInput } from '../../src/yolo/config/config.js'
import type { LayoutName } from '../../src/yolo/config/vocabulary.js'
import type { BoxScene, Reading, Setting } from './boxes.js'
import { graphBytes } from './cases.js'
import { inLayout } from './forms.js'
import { expectedOf } from './targets.js'

/** What of a configuration decides how logits and labels are fed. */
export interface Fed {
  readonly dtype?: Real
  readonly layout?: LayoutName
  readonly normalizer?: boolean
}

/** A tensor of another element type, which the numbers must fit. */
async function as<D extends Real>(dtype: D, given: Tensor<'float32'>): Promise<Tensor> {
  if (dtype === 'float32') return given
  return evaluate(cast(new Graph().input('x', 'float32', given.shape), dtype), { x: given })
}

/** Logits that float16 holds too, for the grids of a setting. */
function plainLogits({ anchorMask, classes, input }: Setting, batch: number, seed: number): Tensor<'float32'>[] {
  const random = new Random(seed)
  return anchorMask.map((mask, l) => {
    const [h, w] = input.map((side) => (side / 32) * 2 ** l) as [number, number]
    const shape = [batch, h, w, mask.length * (5 + classes)]
    const data = Float32Array.from({ length: sizeOf(shape) }, () => Math.round(64 * random.normal(-0.5, 2)) / 64)
    return { dtype: 'float32', shape, data }
  })
}

/** Inputs of both losses but `boxes` or `y_true_l`. */
async function commonFeeds(scene: BoxScene, { dtype = 'float32', layout = 'nhwc', normalizer }: Fed, seed: number) {
  const A = scene.anchorMask[0]?.length as number
  const plain = plainLogits(scene, scene.boxes.shape[0] as number, seed)
  const logits = await Promise.all(plain.map(async (t) => as(dtype, inLayout(t, layout, A))))
  const divisor: Tensor<'float32'> = { dtype: 'float32', shape: [], data: Float32Array.of(7) }
  return {
    ...Object.fromEntries(logits.map((t, l) => [`y_pred_${l}`, t])),
    ...(normalizer && { normalizer: await as(dtype === 'float64' ? dtype : 'float32', divisor) }),
  }
}

/** Inputs of the loss from boxes; logits follow from a seed. */
export const boxFeeds = async (scene: BoxScene, fed: Fed, seed: number): Promise<Record<string, Tensor>> => ({
  ...(await commonFeeds(scene, fed, seed)),
  boxes: scene.boxes,
})

async function labelFeeds(scene: BoxScene, { dtype }: Fed): Promise<Record<string, Tensor>> {
  const labels = await Promise.all(
    expectedOf(scene).labels.map(async (data, l) => {
      const [h, w] = scene.input.map((side) => (side / 32) * 2 ** l) as [number, number]
      const A = scene.anchorMask[l]?.length as number
      const shape = [scene.boxes.shape[0] as number, h, w, A, 5 + scene.classes]
      return as(dtype === 'float64' ? dtype : 'float32', { dtype: 'float32', shape, data })
    }),
  )
  return Object.fromEntries(labels.map((y, l) => [`y_true_${l}`, y]))
}

type Outputs = ReadonlyMap<string, Tensor>

/** The same loss twice, from boxes and from the labels that these make; logits follow from a seed. */
export interface Losses {
  fromBoxes(scene: BoxScene, seed: number): Promise<Outputs>
  fromLabels(scene: BoxScene, seed: number): Promise<Outputs>
  release(): Promise<void>
}

interface LossesOptions {
  readonly session?: SessionOptions
  /** How the graph from boxes is written. */
  readonly encode?: (config: ConfigInput) => Uint8Array
}

/** Opens neither before it is asked. */
export function lossesOf(
  config: ConfigInput,
  reading: Reading,
  { session = {}, encode = graphBytes }: LossesOptions = {},
): Losses {
  const { maxBoxes, ...rest } = config
  const opened = new Map<string, Promise<Session>>()
  const run = async (name: string, bytes: () => Uint8Array, feeds: Feeds) => {
    const own = opened.get(name) ?? openSession(bytes(), session)
    opened.set(name, own)
    return (await own).run(feeds)
  }
  const common = (scene: BoxScene, seed: number) => commonFeeds(scene, config as Fed, seed)
  return {
    fromBoxes: async (scene, seed) =>
      run('boxes', () => encode({ ...config, ...reading }), await boxFeeds(scene, config as Fed, seed)),
    async fromLabels(scene, seed) {
      const feeds = { ...(await common(scene, seed)), ...(await labelFeeds(scene, config as Fed)) }
      return run('labels', () => graphBytes(config.form === 'static' ? config : rest), feeds)
    },
    release: async () => {
      for (const each of opened.values()) await (await each).release()
    },
  }
}
