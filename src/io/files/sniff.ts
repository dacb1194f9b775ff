import { refuse } from '../fault.js'

const startsWith = (bytes: Uint8Array, ...magic: number[]): boolean => magic.every((b, i) => bytes[i] === b)

const headLength = 512

const head = (bytes: Uint8Array): string =>
  new TextDecoder()
    .decode(bytes.subarray(0, headLength))
    .replace(/^\uFEFF/, '')
    .trimStart()

/** The size that a git-LFS pointer names, in bytes. */
const pointerSize = (text: string): string => /^size (\d+)$/m.exec(text)?.[1] ?? 'unknown'

const exported = 'export the model to ONNX and name that file'

/** A kind of file that people mistake for another; none of these can begin a protobuf message of ONNX. */
interface OtherKind {
  readonly code: `E_${string}`
  readonly is: (bytes: Uint8Array, text: string) => boolean
  readonly what: string | ((text: string) => string)
  readonly remedy: string
}

const isZip = (bytes: Uint8Array): boolean => startsWith(bytes, 0x50, 0x4b, 3, 4)

/** The first that is so counts. */
const kinds: readonly OtherKind[] = [
  {
    code: 'E_EMPTY',
    is: ({ length }) => length === 0,
    what: 'the file is empty',
    remedy: 'export or download it again',
  },
  {
    code: 'E_GZIP',
    is: (bytes) => startsWith(bytes, 0x1f, 0x8b),
    what: 'this is a gzip archive',
    remedy: 'unpack it first: gunzip',
  },
  {
    code: 'E_PYTORCH',
    is: (bytes, text) => startsWith(bytes, 0x80, 2) || (isZip(bytes) && /\/(data\.pkl|\.format_version)/.test(text)),
    what: 'this is a checkpoint of PyTorch',
    remedy: 'torch.onnx.export writes models, numpy.savez arrays',
  },
  {
    code: 'E_ARRAYS',
    is: (bytes, text) => startsWith(bytes, 0x93, 0x4e, 0x55) || (isZip(bytes) && text.includes('.npy')),
    what: 'these are arrays of NumPy',
    remedy: 'name the model first, and arrays where data are asked for',
  },
  {
    code: 'E_ZIP',
    is: isZip,
    what: 'this is a zip archive',
    remedy: 'unpack it first: unzip',
  },
  {
    code: 'E_HDF5',
    is: (bytes) => startsWith(bytes, 0x89, 0x48, 0x44, 0x46),
    what: 'this is HDF5, as Keras writes it',
    remedy: `${exported}: python -m tf2onnx.convert, or model.export('model.onnx', format='onnx') of Keras 3`,
  },
  {
    code: 'E_TFLITE',
    is: (bytes) => bytes[3] === 0 && startsWith(bytes.subarray(4), 0x54, 0x46, 0x4c, 0x33),
    what: 'this is a model of TensorFlow Lite',
    remedy: `${exported}: python -m tf2onnx.convert --tflite`,
  },
  {
    code: 'E_LFS',
    is: (_, text) => text.startsWith('version https://git-lfs'),
    what: (text) => `this is a git-LFS pointer to a file of ${pointerSize(text)} bytes, not the file itself`,
    remedy: 'run: git lfs pull',
  },
  {
    code: 'E_HTML',
    is: (_, text) => /^<(!doctype|html|head|body|\?xml)/i.test(text),
    what: 'this looks like HTML',
    remedy: 'download the file itself, not the page that shows it',
  },
]

/**
 * Refuses the files people mistake for ONNX, HTML page, git-LFS pointer, archives and models of other programs among them.
 * @param wanted codes of kinds that are no mistake here
 * @throws InputError naming which of them it is
 */
export function refuseOtherKinds(bytes: Uint8Array, file: string, wanted: readonly string[] = []): void {
  const text = head(bytes)
  const other = kinds.find(({ code, is }) => !wanted.includes(code) && is(bytes, text))
  if (other) refuse(other.code, file, typeof other.what === 'string' ? other.what : other.what(text), other.remedy)
}

/** Control characters, which no text has but those that part its lines and words. */
const controls = /[^\P{Cc}\t\n\r\f]|\uFFFD/u

/**
 * Refuses text, for readers that have understood nothing of it: a short message may look like text, too.
 * @throws InputError with what the file begins with
 */
export function refuseText(bytes: Uint8Array, file: string, what: string, remedy: string): void {
  // The last character may be cut.
  const text = head(bytes).replace(/\uFFFD$/, '')
  if (text === '' || controls.test(text)) return
  const kind = /^[{[]/.test(text) ? 'JSON' : /^[\w-]+:(\s|$)/m.test(text) ? 'YAML' : 'text'
  refuse('E_TEXT', file, `this is ${kind}, not ${what}`, remedy)
}
