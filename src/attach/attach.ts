import {
  channelSizes,
  type Detector,
  type DetectorHead,
  type ExternalData,
  findHeads,
  type HeadOptions,
  headLayouts,
  namesIn,
  openDetector,
  refuse,
} from '../detector/index.js'
import { expectArguments, listed, must, quoted } from '../io/index.js'
import { type Note, notesOnDetector } from '../notes/index.js'
import { opsetRange } from '../onnx/index.js'
import { expectConfig, type LossConfig, lossModel, metadataPrefix } from '../yolo/index.js'
import { adapter } from './adapt.js'
import { fittedConfig } from './fit.js'
import { functionDomain, functionsSince, type LossFunction, lossFunction } from './function.js'
import { type Addition, link } from './link.js'
import { merge } from './merge.js'
import { type InPieces, inPieces } from './pieces.js'
import { headRecord, recordKey } from './record.js'
import { resizeEdits } from './resize.js'

export interface AttachOptions extends HeadOptions {
  /** Take the detector's own outputs away; `detachLoss` puts them back. Default false. */
  readonly onlyLoss?: boolean
  /** Make the loss one node that calls a local function; needs IR version 8. Default false. */
  readonly asFunction?: boolean
  /** Rewrite nearest-neighbour Resize into operators that ORT training can differentiate. Default false. */
  readonly rewriteResize?: boolean
  /** What to call the model in messages; default `detector`. */
  readonly file?: string
  /** Where the model's external data lie; needed for a model that has some. */
  readonly folder?: string
}

/** A detector with its loss: `loss` is its first output, `y_true_0…` or `boxes` are its last inputs. */
export interface Attached extends InPieces {
  /** The heads the loss reads, coarsest scale first. */
  readonly heads: readonly DetectorHead[]
  /** Names of ours that the detector had already, and what they became. */
  readonly renamed: ReadonlyMap<string, string>
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly opset: number
  /** What the detector keeps in other files. */
  readonly external: readonly ExternalData[]
  /** Number of nodes added. */
  readonly nodes: number
  /** What of the detector was hardly meant. */
  readonly notes: readonly Note[]
}

/** What the options are. */
export const ofAttaching = {
  heads: must.list(must.text),
  layout: must.oneOf(headLayouts),
  grids: must.list(must.list(must.whole(1))),
  onlyLoss: must.yesOrNo,
  asFunction: must.yesOrNo,
  rewriteResize: must.yesOrNo,
  file: must.text,
  folder: must.text,
}

/**
 * Attaches the YOLO v3 loss to a detector: the model gets the inputs `y_true_l` `[B, h, w, A, 5+C]`, coarsest scale
 * first, or `boxes` `[B, T, 5]`, and `loss`, a scalar float32, as its first output; with `components` and `masks` in the
 * configuration those follow the detector's own outputs, and from boxes `boxes_refused` and `first_refused`, rank 0. The
 * loss is written in the detector's opset; every field of the detector keeps its bytes. No external data are read.
 * @throws InputError for models, heads and shapes that do not fit; ConfigError for options that contradict each other
 */
export function attachLoss(model: Uint8Array, config: LossConfig, options: AttachOptions = {}): Attached {
  expectArguments('attachLoss', { model: must.bytes, options: must.options(ofAttaching) }, { model, options })
  expectConfig(config)
  const detector = openDetector(model, options.file ?? 'detector', options.folder)
  refuseAttached(detector)
  const opset = opsetOf(detector)
  const heads = findHeads(detector, config, options)
  const fitted = fittedConfig(config, heads, opset, detector.file)
  const { model: loss, ...extras } = options.asFunction ? calledLoss(detector, fitted) : { model: lossModel(fitted) }
  const added = link(adapter(heads, channelSizes(config), fitted), loss, fitted, heads, namesIn(detector))
  const { onlyLoss = false, asFunction = false, rewriteResize = false } = options
  const how = { heads: heads.map(headRecord), onlyLoss, asFunction, rewriteResize }
  const edits = rewriteResize ? resizeEdits(detector, opset) : []
  const { pieces } = merge(detector, added, { ...extras, edits, metadata: loss.metadata }, how)
  return inPieces(pieces, {
    heads,
    opset,
    external: detector.external,
    notes: notesOnDetector(detector),
    ...namesOf(added),
  })
}

/** @throws InputError where the model cannot hold functions, or has one of this domain */
function calledLoss({ info, model, file }: Detector, config: LossConfig): LossFunction {
  const what = `functions need IR version ${functionsSince}, and it has ${info.irVersion}`
  const remedy = 'attach without --as-function, or export it with a newer IR version'
  if (info.irVersion < functionsSince) refuse('E_IR', file, what, remedy)
  if (info.opsets.has(functionDomain) || model.functions.some((f) => f.domain === functionDomain))
    refuse('E_FUNCTION', file, `it has the domain ${quoted(functionDomain)} already`, 'attach without --as-function')
  return lossFunction(config)
}

const namesOf = ({ inputs, outputs, renamed, nodes }: Addition) => ({
  inputs: inputs.map((v) => v.name),
  outputs: outputs.map((v) => v.name),
  renamed,
  nodes: nodes.length,
})

/** @throws InputError for a detector that has a loss already, or is one */
export function refuseAttached({ info, file }: Detector): void {
  const ours = [...info.metadata.keys()].filter((key) => key.startsWith(metadataPrefix))
  if (ours.length === 0) return
  const [what, remedy] = ours.includes(recordKey)
    ? ['it has a loss already', 'use yolo-loss replace, or yolo-loss detach first']
    : [`this is a loss, not a detector: it has the metadata ${listed(ours)}`, 'name the detector']
  refuse('E_ATTACHED', file, what, remedy)
}

/** The opset the loss is written in. @throws InputError for one that the builder does not know */
export function opsetOf({ info, file }: Detector): number {
  const { min, max } = opsetRange
  const opset = info.opsets.get('')
  if (opset !== undefined && opset >= min && opset <= max) return opset
  const target = opset === undefined || opset < min ? 17 : max
  const found = `its opset is ${opset}; a loss can be attached at ${min} to ${max}`
  const remedy =
    `convert it: python -c "import onnx; from onnx import version_converter as v; ` +
    `onnx.save(v.convert_version(onnx.load('in.onnx'), ${target}), 'out.onnx')"`
  refuse('E_OPSET', file, opset === undefined ? 'it imports no ai.onnx opset' : found, remedy)
}
