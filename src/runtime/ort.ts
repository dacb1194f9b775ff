import { type AnyTensor, type ElementData, type ElementType, isElementType, quoted, refuse } from '../io/index.js'
import { RuntimeMissingError } from './errors.js'

export type Ort = typeof import('onnxruntime-node')
type OrtTensor = import('onnxruntime-node').Tensor

const importRuntime = async (): Promise<Ort> => {
  const module: Ort & { default?: Ort } = await import('onnxruntime-node')
  return module.default ?? module
}

/**
 * Loads onnxruntime-node on first use, so that commands which run nothing work without it.
 * @param load how to import it; tests pass one that fails
 * @throws RuntimeMissingError with the command that installs it
 */
export async function loadRuntime(load: () => Promise<Ort> = importRuntime): Promise<Ort> {
  try {
    const ort = await load()
    // Every error reaches us as an exception too; its log would only repeat it, uncut, on the terminal.
    ort.env.logLevel = 'fatal'
    return ort
  } catch (error) {
    throw new RuntimeMissingError(error)
  }
}

/** The version of the onnxruntime in use, as `1.30.0`. */
export async function runtimeVersion(): Promise<string> {
  const { env } = await loadRuntime()
  return env.versions.node ?? env.versions.common
}

/** Our tensor as onnxruntime takes it; the data is shared, not copied. */
export const toOrt = (ort: Ort, { dtype, shape, data }: AnyTensor): OrtTensor =>
  new ort.Tensor(dtype, data as never, shape)

/** float16 comes as Float16Array where the JavaScript engine has one; we keep the bits. */
const bits = (data: ArrayBufferView): Uint16Array =>
  new Uint16Array(data.buffer, data.byteOffset, data.byteLength / Uint16Array.BYTES_PER_ELEMENT)

/**
 * A result of onnxruntime as our tensor.
 * @throws InputError for element types we do not compare, and for sequences and maps
 */
export function fromOrt(name: string, value: OrtTensor, file: string): AnyTensor {
  const type: string = value?.type ?? 'no tensor'
  if (!isElementType(type))
    return refuse('E_OUTPUT_TYPE', file, `output ${quoted(name)} is ${type}, which is not supported`)
  const data = type === 'float16' ? bits(value.data as unknown as ArrayBufferView) : value.data
  return { dtype: type, shape: [...value.dims], data: data as ElementData[ElementType] }
}
