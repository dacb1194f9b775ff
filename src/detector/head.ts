import type { Real } from '../io/index.js'
import type { Dim } from '../onnx/index.js'
import { boxEntries, type LossConfig } from '../yolo/index.js'
import type { ChannelSizes, GridDims, HeadLayout } from './layouts.js'

/** How the heads of a detector are to be found. */
export interface HeadOptions {
  /** Values by name, the coarsest scale first where their grids cannot be told; by default the outputs that fit. */
  readonly heads?: readonly string[]
  /** Order of their axes; by default what their shapes allow, if that is one. */
  readonly layout?: HeadLayout
  /** Rows and columns of each scale, coarsest first, for heads that are flattened. */
  readonly grids?: readonly (readonly [h: number, w: number])[]
}

/** One scale of a detector. */
export interface DetectorHead {
  readonly name: string
  readonly dtype: Real
  readonly shape: readonly Dim[]
  readonly layout: HeadLayout
  /** Sizes, symbols, or `''` where nothing is known. */
  readonly grid: GridDims
  /** Where the scale lies in a flattened head that holds several: places from … to. */
  readonly part?: readonly [from: number, to: number]
}

/** Sizes of an axis that only the configuration knows. */
export const channelSizes = ({ anchorMask, classes }: LossConfig): ChannelSizes => ({
  anchors: anchorMask[0]?.length ?? 0,
  entries: boxEntries + classes,
})
