import { type AnyTensor, listed, nearest, quoted, refuse, sizeOf, storageOf } from '../io/index.js'
import type { ModelValue } from '../onnx/index.js'

/** The values of a model's inputs, by name. */
export type Feeds = Readonly<Record<string, AnyTensor>>

const shown = (dtype: string, shape: readonly (number | string)[] | undefined): string =>
  `${dtype}[${shape === undefined ? '…' : shape.map((d) => (d === '' ? '?' : d)).join(',')}]`

function checkNames(inputs: readonly ModelValue[], feeds: Feeds, file: string): void {
  const names = inputs.map((i) => i.name)
  for (const name of Object.keys(feeds)) {
    if (names.includes(name)) continue
    const near = nearest(
      name,
      names.filter((n) => !Object.hasOwn(feeds, n)),
    )
    const hint = near === undefined ? `its inputs are ${listed(names)}` : `did you mean ${quoted(near)}?`
    refuse('E_FEED_UNKNOWN', file, `the model has no input ${quoted(name)}`, hint)
  }
  const missing = names.filter((name) => !Object.hasOwn(feeds, name))
  if (missing.length > 0) refuse('E_FEED_MISSING', file, `no value for input ${listed(missing)}`)
}

/** A symbol stands for one size: the first input that has it decides. */
function fits(want: readonly (number | string)[], got: readonly number[], symbols: Map<string, number>): boolean {
  return (
    want.length === got.length &&
    got.every((size, axis) => {
      const dim = want[axis]
      if (typeof dim === 'number') return dim === size
      if (dim === undefined || dim === '') return true
      if (!symbols.has(dim)) symbols.set(dim, size)
      return symbols.get(dim) === size
    })
  )
}

function checkTensor(
  input: ModelValue,
  tensor: AnyTensor,
  symbols: Map<string, number>,
  file: string,
  { remedyFor }: Telling,
): void {
  const { name, dtype, shape } = input
  const label = `input ${quoted(name)}`
  const both = `the model takes ${shown(dtype, shape)}, got ${shown(tensor.dtype, tensor.shape)}`
  if (dtype !== tensor.dtype) refuse('E_FEED_DTYPE', file, `${label} has the wrong element type: ${both}`)
  const bound = new Map(symbols)
  if (shape !== undefined && !fits(shape, tensor.shape, symbols)) {
    const known = [...bound].map(([symbol, size]) => `${symbol}=${size}`).join(', ')
    const fixed = known === '' ? undefined : `sizes fixed by the inputs before it: ${known}`
    const hint = remedyFor?.(name, tensor.shape) ?? fixed
    refuse('E_FEED_SHAPE', file, `${label} has the wrong shape: ${both}`, hint)
  }
  const elements = sizeOf(tensor.shape)
  if (tensor.data.length === elements) return
  const size = tensor.dtype === 'string' ? 1 : storageOf[tensor.dtype].BYTES_PER_ELEMENT
  const unit = tensor.dtype === 'string' ? 'strings' : 'bytes of data'
  refuse('E_FEED_DATA', file, `${label} needs ${elements * size} ${unit} and has ${tensor.data.length * size}`)
}

/** How to tell that a value does not fit. */
interface Telling {
  /** Files that hold the values, by name, where messages are to name those instead of the model. */
  readonly from?: ReadonlyMap<string, string>
  /** What to do about a shape, where that is known. */
  readonly remedyFor?: (name: string, shape: readonly number[]) => string | undefined
}

/**
 * Checks feeds against a model's inputs; onnxruntime itself ignores a feed it does not know, misspelt or not.
 * @param file what to call the model in messages
 * @throws InputError for names, element types, shapes (symbols included) and sizes that do not fit
 */
export function checkFeeds(inputs: readonly ModelValue[], feeds: Feeds, file: string, telling: Telling = {}): void {
  checkNames(inputs, feeds, file)
  const symbols = new Map<string, number>()
  for (const input of inputs) {
    const tensor = feeds[input.name]
    if (tensor) checkTensor(input, tensor, symbols, telling.from?.get(input.name) ?? file, telling)
  }
}
