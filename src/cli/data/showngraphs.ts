import { type AnyTensor, isFolder, listed, readArrays, readBytes, refuse } from '../../io/index.js'
import { encodeModel, type ModelInfo, readModel } from '../../onnx/index.js'
import { lossConfigOf, readCase } from '../../verify/index.js'
import { boxesName, boxNumbers, ConfigError, type LossConfig, lossModel, ofScale } from '../../yolo/index.js'
import type { ViewFlags } from '../groups/viewing.js'

/** What is known of the loss before any data are read: by flags, if at all. */
export interface Told {
  readonly config?: LossConfig | undefined
  readonly classNames?: readonly string[] | undefined
  /** Size of the network input by a Darknet file. */
  readonly input?: readonly [height: number, width: number] | undefined
}

/** A graph that is run; without a model what one for the configuration would take. */
export interface ShownGraph {
  readonly file: string
  readonly model?: Uint8Array
  readonly info: ModelInfo
  readonly config: LossConfig
}

/** The graphs that stand beside the reference, or the one that the data would be for. @throws InputError, ConfigError */
export async function graphsOf(paths: readonly string[], given: ViewFlags, told: Told): Promise<ShownGraph[]> {
  const files = given.model ?? []
  if (files.length > 2)
    throw new ConfigError('model', `names ${files.length} graphs: a page shows one, or compares two`)
  if (files.length > 0 && paths.length === 0)
    throw new ConfigError('model', 'is run on data, and there are none: name .npz files or a case')
  const graphs: ShownGraph[] = []
  for (const file of files) graphs.push(await graphIn(file, told))
  return graphs.length > 0 ? graphs : [await graphFor(paths, given, told)]
}

async function graphIn(file: string, told: Told): Promise<ShownGraph> {
  const model = await readBytes(file)
  const info = readModel(model, file)
  const own = lossConfigOf(info.metadata)
  if (own && told.config) throw new ConfigError('model', `${file} says its configuration itself: leave out --preset, --config and --anchors`) // biome-ignore format: one row
  const config = own ?? told.config ?? refuse('E_METADATA', file, 'the graph does not say its configuration', 'give --preset or --config') // biome-ignore format: one row
  const names = info.inputs.map(({ name }) => name)
  if (config.graph !== 'loss' || !names.includes(ofScale('y_pred', 0)))
    refuse('E_METADATA', file, `the graph is no loss of logits: it takes ${listed(names)}`, `export one, and give ${ofScale('y_pred', 0)} … as data`) // biome-ignore format: one row
  return { file, model, info, config }
}

interface Peeked {
  /** Configuration of a case. */
  readonly config: unknown
  readonly arrays: ReadonlyMap<string, AnyTensor>
}

/** What the data hold, before it is known what they are for. */
async function peeked(paths: readonly string[], { set, maxUnpacked }: ViewFlags): Promise<Peeked> {
  const arrays = new Map<string, AnyTensor>()
  let config: unknown
  for (const path of paths) {
    if (!isFolder(path)) {
      for (const [name, tensor] of await readArrays(path, { bytes: maxUnpacked * 2 ** 20 })) arrays.set(name, tensor)
      continue
    }
    const { info, dataSets } = await readCase(path)
    config ??= info.config
    const chosen = dataSets.find(({ name }) => name === `test_data_set_${set}`)
    for (const { name, tensor } of chosen?.inputs ?? []) arrays.set(name, tensor)
  }
  return { config, arrays }
}

/** What a graph for the data would take. @throws ConfigError where nobody says what it computes */
async function graphFor(paths: readonly string[], given: ViewFlags, told: Told): Promise<ShownGraph> {
  const { config: ofCase, arrays } = await peeked(paths, given)
  const said = told.config ?? lossConfigOf(new Map(), ofCase)
  if (!said) throw new ConfigError('preset', 'is missing: give --preset, --config or --anchors, --model FILE.onnx, or a case that says its own') // biome-ignore format: one row
  const logits = arrays.get(ofScale('y_pred', 0))
  const config: LossConfig = { ...plain(said), ...labelsIn(arrays, given, said), ...dtypeOf(logits) }
  const whole = readModel(encodeModel(lossModel(config)), 'the loss')
  const inputs = whole.inputs.filter(({ name }) => logits || !name.startsWith('y_pred'))
  return { file: 'the loss', info: { ...whole, inputs }, config }
}

/** The same numbers by a graph of open sizes. */
function plain({ batch: _, input: __, maxBoxes: ___, ...config }: LossConfig): LossConfig {
  return { ...config, graph: 'loss', form: 'compact', divisionFree: false }
}

function labelsIn(
  arrays: Peeked['arrays'],
  { annotations }: ViewFlags,
  { labels }: LossConfig,
): Pick<LossConfig, 'labels'> {
  const boxes = arrays.get(boxesName)
  if (boxes) return { labels: boxes.shape[2] === boxNumbers ? 'boxes' : 'weighted-boxes' }
  if (annotations) return { labels: 'weighted-boxes' }
  return { labels: arrays.has(ofScale('y_true', 0)) ? 'dense' : labels }
}

const dtypeOf = (logits: AnyTensor | undefined): Pick<LossConfig, 'dtype'> | undefined =>
  logits && ['float16', 'float32', 'float64'].includes(logits.dtype) ? { dtype: logits.dtype as LossConfig['dtype'] } : undefined // biome-ignore format: one row
