import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import yazl from 'yazl'
import { encodeNpy } from '../../../src/io/arrays/npy.js'
import { decodeNpz, encodeNpz } from '../../../src/io/arrays/npz.js'
import { float32 } from '../../../src/io/tensor.js'

const tensor = float32([2, 2], [1, 2, 3, 4])
const array = Buffer.from(encodeNpy(tensor))

interface Part {
  readonly name: string
  readonly data?: Uint8Array
}

/** An archive with any entries, packed or zip64 if asked. */
async function zip(parts: readonly Part[], options: Partial<yazl.Options> = {}): Promise<Buffer> {
  const file = new yazl.ZipFile()
  for (const { name, data } of parts) file.addBuffer(Buffer.from(data ?? array), name, { compress: false, ...options })
  file.end()
  const chunks: Buffer[] = []
  for await (const chunk of file.outputStream) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

/** Writes into the central directory (and, with `local`, the header before the data) of an archive's first entry. */
function patched(archive: Buffer, change: (header: Buffer, shift: number) => void, local = false): Buffer {
  const copy = Buffer.from(archive)
  change(copy.subarray(copy.indexOf('PK\x01\x02', 0, 'latin1')), 0)
  if (local) change(copy, -2)
  return copy
}

/** The name everywhere in the archive replaced by one of the same length. */
const renamed = (archive: Buffer, from: string, to: string): Buffer =>
  Buffer.from(archive.toString('latin1').replaceAll(from, to), 'latin1')

const one = await zip([{ name: 'aaaaa.npy' }])
const big = await zip([{ name: 'aaaaa.npy' }], { forceZip64Format: true })
const packed = await zip([{ name: 'aaaaa.npy', data: Buffer.alloc(50_000) }], { compress: true })
const damaged = Buffer.from(one)
damaged[one.indexOf(array) + array.length - 1] = 99

const doubled = renamed(await zip([{ name: 'aaa.npy' }, { name: 'bbb.npy' }]), 'bbb.npy', 'aaa.npy')
const foreign = await zip([{ name: 'readme.txt' }])
const short = await zip([{ name: 'x.npy', data: array.subarray(0, -4) }])

/**
 * Made by NumPy 2.4.6, in base64:
 * np.savez_compressed('np.npz', scalar=np.float64(0.1), big=np.arange(3, dtype='>f4'),
 *   fortran=np.asfortranarray(np.arange(6, dtype='i8').reshape(2, 3)), half=np.array([0.5, np.inf], 'f2'),
 *   flags=np.array([True, False]), empty=np.zeros((0, 4), 'f4'))
 */
const byNumpy = Buffer.from(
  [
    'UEsDBC0AAAAIAAAAIQAAvA4S//////////8KABQAc2NhbGFyLm5weQEAEACIAAAAAAAAAEgAAAAAAAAAm+wX6hsQychQxlCtnpJanFykbqWgbp',
    'Nmoa6joJ6WX1RSlJgXn1+UkgoSd0vMKU4FihdnJBakAvkamjoKtQoUAa5ZM0Fgpz0AUEsDBC0AAAAIAAAAIQArqXCC//////////8HABQAYmln',
    'Lm5weQEAEACMAAAAAAAAAE0AAAAAAAAAm+wX6hsQychQxlCtnpJanFykbqWgbpdmoq6joJ6WX1RSlJgXn1+UkgoSd0vMKU4FihdnJBakAvkaxj',
    'qaOgq1ChQALgYgsG9gYHAA0gBQSwMELQAAAAgAAAAhAPc7eBT//////////wsAFABmb3J0cmFuLm5weQEAEACwAAAAAAAAAFUAAAAAAAAAm+wX',
    '6hsQychQxlCtnpJanFykbqWgbpNpoa6joJ6WX1RSlJgXn1+UkgoSDykqTQUKF2ckFqQCuRpGOgrGmjoKtQrkAy4GKGCG0oxQmgVKM0FpVigNAF',
    'BLAwQtAAAACAAAACEApkLYyv//////////CAAUAGhhbGYubnB5AQAQAIQAAAAAAAAASAAAAAAAAACb7BfqGxDJyFDGUK2eklqcXKRupaBuk2ak',
    'rqOgnpZfVFKUmBefX5SSChJ3S8wpTgWKF2ckFqQC+RpGOpo6CrUKFAAuBguGGgBQSwMELQAAAAgAAAAhAO4Zu13//////////wkAFABmbGFncy',
    '5ucHkBABAAggAAAAAAAABGAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loF6TZKiuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GkY6',
    'mjoKtQoUAC5GBgBQSwMELQAAAAgAAAAhAMqkO2z//////////wkAFABlbXB0eS5ucHkBABAAgAAAAAAAAABGAAAAAAAAAJvsF+obEMnIUMZQrZ',
    '6SWpxcpG6loG6TZqKuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GgY6CiaaOgq1CmQDLgBQSwECLQMtAAAACAAAACEAALwOEkgAAACI',
    'AAAACgAAAAAAAAAAAAAAgAEAAAAAc2NhbGFyLm5weVBLAQItAy0AAAAIAAAAIQArqXCCTQAAAIwAAAAHAAAAAAAAAAAAAACAAYQAAABiaWcubn',
    'B5UEsBAi0DLQAAAAgAAAAhAPc7eBRVAAAAsAAAAAsAAAAAAAAAAAAAAIABCgEAAGZvcnRyYW4ubnB5UEsBAi0DLQAAAAgAAAAhAKZC2MpIAAAA',
    'hAAAAAgAAAAAAAAAAAAAAIABnAEAAGhhbGYubnB5UEsBAi0DLQAAAAgAAAAhAO4Zu11GAAAAggAAAAkAAAAAAAAAAAAAAIABHgIAAGZsYWdzLm',
    '5weVBLAQItAy0AAAAIAAAAIQDKpDtsRgAAAIAAAAAJAAAAAAAAAAAAAACAAZ8CAABlbXB0eS5ucHlQSwUGAAAAAAYABgBKAQAAIAMAAAAA',
  ].join(''),
  'base64',
)

describe('an archive', () => {
  it('of NumPy reads', async () => {
    expect(Object.fromEntries(await decodeNpz(byNumpy, 'np.npz'))).toEqual({
      scalar: { dtype: 'float64', shape: [], data: Float64Array.of(0.1) },
      big: { dtype: 'float32', shape: [3], data: Float32Array.of(0, 1, 2) },
      fortran: { dtype: 'int64', shape: [2, 3], data: BigInt64Array.of(0n, 1n, 2n, 3n, 4n, 5n) },
      half: { dtype: 'float16', shape: [2], data: Uint16Array.of(0x3800, 0x7c00) },
      flags: { dtype: 'bool', shape: [2], data: Uint8Array.of(1, 0) },
      empty: { dtype: 'float32', shape: [0, 4], data: new Float32Array(0) },
    })
  })

  it('reads back as it was written, in its order, with equal bytes each time', async () => {
    const arrays = ['y_true_0', 'b', 'a'].map((name, i) => ({ name, tensor: float32([i], Array(i).fill(0.5)) }))
    const bytes = await encodeNpz(arrays)
    expect([...(await decodeNpz(bytes, 'a.npz'))]).toEqual(arrays.map(({ name, tensor }) => [name, tensor]))
    await new Promise((done) => setTimeout(done, 10))
    expect(await encodeNpz(arrays)).toEqual(bytes)
  })

  it('reads when packed, and with sizes of 64 bits', async () => {
    for (const options of [{ compress: true }, { forceZip64Format: true }])
      expect((await decodeNpz(await zip([{ name: 'x.npy' }], options), 'a.npz')).get('x')).toEqual(tensor)
  })

  it('may hold 1000 times its size in zeros, as labels do', async () => {
    const zeros = float32([500, 500, 5], new Float32Array(1_250_000))
    const packed = await zip([{ name: 'y.npy', data: encodeNpy(zeros) }], { compress: true, compressionLevel: 9 })
    expect(packed.length).toBeLessThan(6000)
    expect((await decodeNpz(packed, 'a.npz')).get('y')?.shape).toEqual([500, 500, 5])
  })
})

describe('an archive is refused', () => {
  it.each<[string, Buffer, string]>([
    ['with a path out of it', renamed(one, 'aaaaa.npy', '../aa.npy'), 'invalid relative path: ../aa.npy'],
    ['with an absolute path', renamed(one, 'aaaaa.npy', '/aaaa.npy'), 'absolute path: /aaaa.npy'],
    ['with a backslash', renamed(one, 'aaaaa.npy', 'aa\\aa.npy'), 'invalid characters in fileName'],
    ['with one name twice', doubled, 'two entries are named "aaa.npy"'],
    ['with a file that is no array', foreign, 'entry "readme.txt" is no array'],
    ['when encrypted, though not packed', patched(one, (h, s) => h.writeUInt16LE(1, 8 + s), true), 'is encrypted'],
    ['when encrypted', patched(packed, (h, s) => h.writeUInt16LE(1, 8 + s), true), 'is encrypted'],
    ['packed by another method', patched(one, (h, s) => h.writeUInt16LE(12, 10 + s), true), 'packed by method 12'],
    ['with a damaged array', damaged, 'is damaged: its checksum differs'],
    [
      'that would unpack to 3 GB',
      patched(packed, (h) => h.writeUInt32LE(3e9, 24)),
      '3000000000 bytes unpacked, more than the limit of 1073741824',
    ],
    [
      'that claims more than packing can achieve',
      patched(packed, (h) => h.writeUInt32LE(5e8, 24)),
      'more than packing can achieve',
    ],
    [
      'that holds more than it claims',
      patched(packed, (h) => h.writeUInt32LE(10, 24)),
      'has not the 10 bytes it claims',
    ],
    [
      'that holds less than it claims',
      patched(packed, (h) => h.writeUInt32LE(60_000, 24)),
      'has not the 60000 bytes it claims',
    ],
    [
      'whose 64-bit sizes lie',
      patched(big, (h) => h.writeBigUInt64LE(2n ** 40n, h.indexOf(Buffer.of(1, 0, 28, 0)) + 4)),
      'broken zip archive: ',
    ],
    ['that is cut off', one.subarray(0, -30), 'broken zip archive: '],
    ['that is no archive', Buffer.from('PK\x03\x04 and nothing else'), 'broken zip archive: '],
    ['with a broken array', short, 'a.npz, x.npy: float32[2,2]'],
  ])('%s', async (_, bytes, message) => {
    await expect(decodeNpz(bytes, 'a.npz')).rejects.toMatchObject({ exitCode: 3, name: 'InputError' })
    await expect(decodeNpz(bytes, 'a.npz')).rejects.toThrow(message)
  })

  it('with more arrays than the limit', async () => {
    const many = await encodeNpz(Array.from({ length: 9 }, (_, i) => ({ name: `a${i}`, tensor })))
    await expect(decodeNpz(many, 'a.npz', { entries: 8, bytes: 1e6 })).rejects.toThrow('9 entries, more than')
  })

  it('when its pieces overlap, so that a small file unpacks to a large one', async () => {
    const kernel = await zip([{ name: 'a.npy', data: Buffer.alloc(2_000_000) }], { compress: true })
    const at = kernel.indexOf('PK\x01\x02', 0, 'latin1')
    const end = kernel.indexOf('PK\x05\x06', 0, 'latin1')
    const names = Array.from(
      { length: 100 },
      (_, i) => String.fromCharCode(97 + (i % 26)) + String.fromCharCode(65 + i / 26),
    )
    const entries = names.map((name) => renamed(kernel.subarray(at, end), 'a.npy', `${name}py`))
    const tail = Buffer.from(kernel.subarray(end))
    tail.writeUInt16LE(entries.length, 8)
    tail.writeUInt16LE(entries.length, 10)
    tail.writeUInt32LE(Buffer.concat(entries).length, 12)
    const bomb = Buffer.concat([kernel.subarray(0, at), ...entries, tail])
    expect(crc32(bomb)).toBeGreaterThan(0)
    await expect(decodeNpz(bomb, 'a.npz')).rejects.toMatchObject({ exitCode: 3 })
  })

  it('or read, whatever byte of it is changed and wherever it is cut off, without a crash', async () => {
    const place = fc.nat({ max: byNumpy.length - 1 })
    await fc.assert(
      fc.asyncProperty(place, fc.nat({ max: 255 }), fc.boolean(), async (at, byte, cut) => {
        const bytes = Buffer.from(cut ? byNumpy.subarray(0, at) : byNumpy)
        if (!cut) bytes[at] = byte
        const outcome = await decodeNpz(bytes, 'np.npz').catch((error: unknown) => error)
        if (!(outcome instanceof Map)) expect(outcome).toMatchObject({ exitCode: 3 })
      }),
      { numRuns: 300 },
    )
  })
})
