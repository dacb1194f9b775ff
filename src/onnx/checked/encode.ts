import { expectArguments } from '../../io/index.js'
import { type Model, ofModel } from '../graph/model.js'
import { encodeModel } from '../proto/encode.js'

/**
 * The bytes of a model that the builder made; equal models give equal bytes. Attributes and metadata are sorted by
 * name, tensors written as raw data.
 * @throws InputError E_ARGUMENT for what is no model
 */
export function encodeChecked(model: Model): Uint8Array {
  expectArguments('encodeModel', { model: ofModel }, { model })
  return encodeModel(model)
}
