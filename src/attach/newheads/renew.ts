import { type Detector, namesIn, openDetector } from '../../detector/index.js'
import { expectArguments, must, uniformFrom } from '../../io/index.js'
import { type Edit, splice } from '../../onnx/index.js'
import { boxEntries, ConfigError, expectConfig, type LossConfig } from '../../yolo/index.js'
import { type AttachOptions, refuseAttached } from '../attach.js'
import { type InPieces, inPieces } from '../pieces.js'
import { graphEdit } from '../record.js'
import { type Roles, sizesAlong } from './axes.js'
import { drawnHead } from './draw.js'
import { lastConvolutions } from './find.js'
import { type Followed, follow } from './follow.js'
import { resizedInfos, type Sizes } from './infos.js'
import { type Last, opened, renewed, respelt } from './parts.js'

export interface NewHeadsOptions extends Pick<AttachOptions, 'file' | 'folder' | 'heads'> {
  /** Of the random numbers, a 32-bit integer: the same seed gives the same bytes. */
  readonly seed: number
}

/** A convolution that was replaced. */
export interface NewHead {
  /** The value it makes. */
  readonly name: string
  readonly channels: readonly [before: number, after: number]
}

/** A detector with heads that were never trained. */
export interface Renewed extends InPieces {
  readonly heads: readonly NewHead[]
}

const ofOptions = must.options(
  { heads: must.list(must.text), file: must.text, folder: must.text },
  { seed: must.whole(0) },
)

/**
 * Replaces the last convolution of each head by one of A·(5+C) channels, for the anchors and classes of a configuration:
 * weight and bias as PyTorch draws them, with −4.6 as the bias of the objectness. Sizes that are declared or spelled by a
 * Reshape are corrected, a bias that is missing comes in; every other byte stays.
 * @throws InputError for heads that no convolution makes, parameters that other nodes read too, and nodes behind that look at
 *   the channels, each by name
 */
export function newHeads(
  model: Uint8Array,
  config: Pick<LossConfig, 'anchorMask' | 'classes'>,
  options: NewHeadsOptions,
): Renewed {
  expectArguments('newHeads', { model: must.bytes, options: ofOptions }, { model, options })
  expectConfig(config, ['anchorMask', 'classes'])
  const { anchorMask, classes } = config
  const { seed, file = 'detector' } = options
  if (seed >= 2 ** 32) throw new ConfigError('newHeads', `must be a whole number from 0 to ${2 ** 32 - 1}, got ${seed}`)
  const detector = openDetector(model, file, options.folder)
  refuseAttached(detector)
  const anchors = anchorMask[0]?.length ?? 0
  const to = boxEntries + classes
  const taken = namesIn(detector).values
  const last = lastConvolutions(detector, options.heads, anchorMask.length).map((node) => opened(detector, node, taken))
  const followed: Followed = { values: new Map(), spelled: new Map() }
  for (const { node, shape } of last) {
    const change = { anchors, from: (shape[0] as number) / anchors, to }
    follow(detector, node.output[0] ?? '', channelsOf(shape), change, followed)
  }
  const uniform = uniformFrom(seed)
  const drawn = last.flatMap((one) => renewed(detector, one, drawnHead(sized(one, anchors * to), to, uniform)))
  const edits = [...drawn, ...respelt(detector, followed.spelled), ...declared(detector, last, followed, anchors * to)]
  const graph = splice(detector.graphBytes, edits)
  return inPieces(splice(model, [graphEdit(model, graph)]), {
    heads: last.map(
      ({ node, shape }): NewHead => ({ name: node.output[0] ?? '', channels: [shape[0] ?? 0, anchors * to] }),
    ),
  })
}

/** `[B, channels, h, w]` */
const channelsOf = (shape: readonly number[]): Roles => shape.map((_, axis) => (axis === 1 ? 'channels' : undefined))

const sized = ({ shape: [, ...fan] }: Last, channels: number): number[] => [channels, ...fan]

/** The declared sizes of what holds the channels: values behind the convolutions, and their parameters. */
function declared(detector: Detector, last: readonly Last[], { values }: Followed, channels: number): Edit[] {
  const parameters = new Set(last.flatMap(({ weight, bias }) => [weight, bias]))
  return resizedInfos(detector, (name): Sizes | undefined => {
    if (parameters.has(name)) return (axis) => (axis === 0 ? channels : undefined)
    const value = values.get(name)
    return value && ((axis) => sizesAlong(value.roles[axis], value.change)?.[1])
  })
}
