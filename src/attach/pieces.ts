import { type Chunks, joined } from '../onnx/index.js'

/** A model in pieces. */
export interface InPieces {
  /** What was added, and between it views of the detector given: to write the model without a copy. */
  readonly pieces: Chunks
  /** The model as one array, joined when it is first asked for. */
  readonly bytes: Uint8Array
}

/** A model in pieces, with what is known about it. */
export function inPieces<T extends object>(pieces: Chunks, about: T): T & InPieces {
  let whole: Uint8Array | undefined
  return {
    ...about,
    pieces,
    get bytes() {
      whole ??= joined(pieces)
      return whole
    },
  }
}
