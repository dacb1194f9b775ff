import { refuse } from '../fault.js'

const startsWith = (bytes: Uint8Array, ...magic: number[]): boolean => magic.every((b, i) => bytes[i] === b)

const head = (bytes: Uint8Array): string =>
  new TextDecoder()
    .decode(bytes.subarray(0, 512))
    .replace(/^\uFEFF/, '')
    .trimStart()

/** The size that a git-LFS pointer names, in bytes. */
const pointerSize = (text: string): string => /^size (\d+)$/m.exec(text)?.[1] ?? 'unknown'

/** A guess at what else a file is, with what to do about it; none of these can begin a protobuf message of ONNX. */
function otherKind(bytes: Uint8Array): readonly [code: `E_${string}`, what: string, remedy: string] | undefined {
  if (bytes.length === 0) return ['E_EMPTY', 'the file is empty', 'export or download it again']
  if (startsWith(bytes, 0x1f, 0x8b)) return ['E_GZIP', 'this is a gzip archive', 'unpack it first: gunzip']
  if (startsWith(bytes, 0x50, 0x4b, 3, 4)) return ['E_ZIP', 'this is a zip archive', 'unpack it first: unzip']
  const text = head(bytes)
  if (text.startsWith('version https://git-lfs')) {
    const what = `this is a git-LFS pointer to a file of ${pointerSize(text)} bytes, not the file itself`
    return ['E_LFS', what, 'run: git lfs pull']
  }
  if (/^<(!doctype|html|head|body|\?xml)/i.test(text)) {
    return ['E_HTML', 'this looks like HTML', 'download the file itself, not the page that shows it']
  }
  return undefined
}

/**
 * Refuses the files people mistake for ONNX: empty, HTML page, git-LFS pointer, gzip, zip.
 * @throws InputError naming which of them it is
 */
export function refuseOtherKinds(bytes: Uint8Array, file: string): void {
  const other = otherKind(bytes)
  if (other) refuse(other[0], file, other[1], other[2])
}
