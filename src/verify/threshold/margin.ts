import { type AnyTensor, InputError, quoted, sizeOf } from '../../io/index.js'
import { jsonObject, type Tolerance } from '../cases/tolerance.js'

/**
 * Cells whose IoU lies so close to the threshold that rounding decides: `"margin"` in `case.json`, for each
 * `ignore_mask_<l>` a list of places in row-major order. Ordinary fixtures have none.
 */
export type Margin = ReadonlyMap<string, readonly number[]>

/**
 * Reads the margin of a case.
 * @throws InputError for anything but lists of places under the names of masks
 */
export function readMargin(value: unknown, file: string): Margin {
  const margin = new Map<string, readonly number[]>()
  for (const [name, places] of Object.entries(value === undefined ? {} : jsonObject(value, file, '"margin"'))) {
    const valid = Array.isArray(places) && places.every((p) => Number.isSafeInteger(p) && p >= 0)
    if (!/^ignore_mask_\d+$/.test(name) || !valid) {
      const what = `"margin" ${quoted(name)} must be a mask, ignore_mask_<l>, with a list of places`
      throw new InputError('E_MARGIN', { where: file, what })
    }
    margin.set(name, places)
  }
  return margin
}

/** Non-zero for each element of a mask that lies in the margin; undefined when none does. */
export function exemptIn(margin: Margin, output: string, expected: AnyTensor): Uint8Array | undefined {
  const places = margin.get(output)
  if (places === undefined) return undefined
  const exempt = new Uint8Array(sizeOf(expected.shape))
  for (const place of places) exempt[place] = 1
  return exempt
}

/** The sum of a mask may miss by one for each of its cells in the margin. */
export function widened(margin: Margin, output: string, tolerance: Tolerance): Tolerance {
  const cells = margin.get(output.replace(/^ignore_(\d+)$/, 'ignore_mask_$1'))?.length ?? 0
  if (cells === 0 || output.startsWith('ignore_mask_')) return tolerance
  return { ...tolerance, atol: tolerance.atol + cells, source: `${tolerance.source}, and ${cells} cells in the margin` }
}
