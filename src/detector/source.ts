import { closeSync, openSync, readSync } from 'node:fs'
import { type FileRange, readBytes, readFailure, readSize } from '../io/index.js'
import { extent, varint } from '../onnx/index.js'
import { graphField, modelField } from './common.js'

/** A model file whose weights may be left on the disk. */
export interface Source {
  /** Its bytes; where weights were left out, zeros that nothing may be concluded from. */
  readonly bytes: Uint8Array
  /** What was left out, as places in the file. */
  readonly holes: readonly Range[]
}

/** From one place of a file to before another. */
export interface Range {
  readonly start: number
  readonly end: number
}

/** Below this size a file is read whole, and a field of it in any case. */
interface Limits {
  readonly file: number
  readonly field: number
}

const usual: Limits = { file: 2 ** 24, field: 2 ** 16 }

type Message = 'model' | 'graph' | 'tensor'

// What leads to the weights of an initializer: fields by number.
const graph = modelField.graph
const { initializer } = graphField
const rawData = 9

/** Reads a file from its begin to its end, in windows, and leaves out what it is told to. */
class Windows {
  readonly holes: Range[] = []
  #read = 0

  constructor(
    readonly file: number,
    readonly bytes: Uint8Array,
    readonly window: number,
  ) {}

  /** Has everything before `end` that is not left out, and some of what follows. */
  upTo(end: number): void {
    const target = Math.min(Math.max(end, this.#read + this.window), this.bytes.length)
    while (this.#read < Math.min(end, this.bytes.length)) {
      const count = readSync(this.file, this.bytes, this.#read, target - this.#read, this.#read)
      if (count === 0) throw Object.assign(new Error('cut short'), { code: 'it became shorter meanwhile' })
      this.#read += count
    }
  }

  leaveOut(end: number): void {
    if (end <= this.#read) return
    this.holes.push({ start: this.#read, end })
    this.#read = end
  }
}

/** Reads the fields of a message, but for long weights. */
function readFields(windows: Windows, start: number, end: number, message: Message, longest: number): void {
  let graphs = 0
  for (let at = start; at < end; ) {
    windows.upTo(Math.min(at + 20, end)) // no tag and length are longer
    const [tag, next] = varint(windows.bytes, at)
    const [body, after] = extent(windows.bytes, next, tag % 8)
    if (after > end) throw new RangeError(`field at byte ${at} leads past the end`)
    const number = Math.floor(tag / 8)
    if (message === 'model' && number === graph && graphs++ > 0) throw new RangeError('a graph in parts is copied')
    if (after - body <= longest) windows.upTo(after)
    else if (message === 'model' && number === graph) readFields(windows, body, after, 'graph', longest)
    else if (message === 'graph' && number === initializer) readFields(windows, body, after, 'tensor', longest)
    else if (message === 'tensor' && number === rawData) windows.leaveOut(after)
    else windows.upTo(after)
    at = after
  }
}

/**
 * Opens a model file, a large one without its weights: attaching a loss never looks at them.
 * @throws InputError as `readBytes`
 */
export async function openSource(path: string, limits: Limits = usual): Promise<Source> {
  const size = await readSize(path)
  return (size > limits.file && sparse(path, size, limits)) || { bytes: await readBytes(path), holes: [] }
}

/** Undefined for bytes that are no model: read whole, they are refused with a better text. */
function sparse(path: string, size: number, { field }: Limits): Source | undefined {
  try {
    const file = openSync(path, 'r')
    try {
      const windows = new Windows(file, new Uint8Array(size), field)
      readFields(windows, 0, size, 'model', field)
      return { bytes: windows.bytes, holes: windows.holes }
    } finally {
      closeSync(file)
    }
  } catch (error) {
    if (error instanceof RangeError) return
    throw readFailure(error, path)
  }
}

/** Pieces of a model, those with something left out as places in its file. */
export const onDisk = (
  pieces: readonly Uint8Array[],
  { bytes, holes }: Source,
  file: string,
): (Uint8Array | FileRange)[] =>
  pieces.map((piece) => {
    if (piece.buffer !== bytes.buffer) return piece
    const start = piece.byteOffset - bytes.byteOffset
    const end = start + piece.length
    return holes.some((h) => h.start < end && start < h.end) ? { file, start, end } : piece
  })
