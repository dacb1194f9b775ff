import { refuse } from '../fault.js'
import { printable } from '../text.js'

/** What the header of an NPY file says. */
interface NpyHeader {
  /** NumPy's name of the element type, byte order first: `<f4`. */
  readonly descr: string
  readonly fortran: boolean
  readonly shape: readonly number[]
  /** Where the data begin, in bytes. */
  readonly start: number
}

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]

/** Longer ones only come from structured types, which are refused anyway. */
const longestHeader = 1 << 16

/** A value is a string, a truth value, a tuple, or the list that a structured type is written as. */
const field = /\s*'(\w+)'\s*:\s*('[^'\\]*'|True|False|\([^()]*\)|\[.*\])\s*(?:,|$)/sy

/**
 * Reads the header of an NPY file, versions 1 to 3.
 * @throws InputError for another magic number or version, a length beyond the file, and text that is no such header
 */
export function readHeader(bytes: Uint8Array, file: string): NpyHeader {
  if (magic.some((byte, i) => bytes[i] !== byte))
    refuse('E_NPY', file, 'this is no NPY file', 'write it with numpy.save')
  const version = bytes[6] ?? 0
  if (version < 1 || version > 3 || bytes[7] !== 0)
    refuse('E_NPY', file, `NPY version ${version}.${bytes[7] ?? '?'} is not supported`, 'known are 1.0, 2.0 and 3.0')
  const from = version === 1 ? 10 : 12
  if (bytes.length < from) refuse('E_NPY', file, `the file ends within its header, after ${bytes.length} bytes`)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true)
  if (length > longestHeader) refuse('E_NPY', file, `the header has ${length} bytes, more than ${longestHeader}`)
  const start = from + length
  if (start > bytes.length)
    refuse('E_NPY', file, `the header claims ${length} bytes, and the file has ${bytes.length - from} left`)
  const text = new TextDecoder(version === 3 ? 'utf-8' : 'latin1').decode(bytes.subarray(from, start))
  return { ...readFields(text, file), start }
}

function readFields(text: string, file: string): Omit<NpyHeader, 'start'> {
  const inside = /^\{(.*)\}\s*$/s.exec(text)?.[1]?.trim()
  const fields = new Map<string, string>()
  let at = 0
  while (inside !== undefined && at < inside.length) {
    field.lastIndex = at
    const [whole, key, value] = field.exec(inside) ?? []
    if (whole === undefined || key === undefined || value === undefined || fields.has(key)) break
    fields.set(key, value)
    at += whole.length
  }
  const [descr, order, shape] = ['descr', 'fortran_order', 'shape'].map((key) => fields.get(key))
  const whole = fields.size === 3 && at === inside?.length
  if (!whole || descr === undefined || shape === undefined || (order !== 'True' && order !== 'False'))
    refuse('E_NPY', file, `the header is no NPY header: ${printable(text.trim())}`)
  return { descr: readDescr(descr, file), fortran: order === 'True', shape: readShape(shape, file) }
}

function readDescr(text: string, file: string): string {
  if (text.startsWith('[')) refuse('E_NPY', file, 'the array has a structured type', 'save one array for each field')
  if (!text.startsWith("'")) refuse('E_NPY', file, `the element type is ${printable(text)}, which is no string`)
  return text.slice(1, -1)
}

/** A tuple of Python: `()`, `(3,)`, `(2, 3)`; `(3)` is a number. */
function readShape(text: string, file: string): number[] {
  const inside = /^\((.*)\)$/s.exec(text)?.[1]?.trim()
  const words = inside === '' ? [] : (inside?.replace(/,$/, '').split(',') ?? ['?'])
  const single = words.length === 1 && !inside?.endsWith(',')
  if (single || !words.every((word) => /^\s*\d{1,15}\s*$/.test(word)))
    refuse('E_NPY', file, `the array has the impossible shape ${printable(text)}`)
  return words.map(Number)
}
