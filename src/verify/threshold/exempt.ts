import { type AnyTensor, quoted, refuse, sizeOf } from '../../io/index.js'
import { scaleNameOf } from '../../yolo/index.js'
import { jsonObject, type Tolerance } from '../cases/tolerance.js'

/**
 * Cells whose IoU lies so close to the threshold that rounding decides: `"margin"` in `case.json`, for each
 * `ignore_mask_<l>` a list of places in row-major order. Ordinary fixtures have none.
 */
export type Exempted = ReadonlyMap<string, readonly number[]>

/**
 * Reads the margin of a case.
 * @throws InputError for anything but lists of places under the names of masks
 */
export function readExempted(value: unknown, file: string): Exempted {
  const exempted = new Map<string, readonly number[]>()
  for (const [name, places] of Object.entries(value === undefined ? {} : jsonObject(value, file, '"margin"'))) {
    const valid = Array.isArray(places) && places.every((p) => Number.isSafeInteger(p) && p >= 0)
    if (scaleNameOf(name) !== 'ignore_mask' || !valid) {
      const what = `"margin" ${quoted(name)} must be a mask, ignore_mask_<l>, with a list of places`
      refuse('E_MARGIN', file, what)
    }
    exempted.set(name, places)
  }
  return exempted
}

/** Non-zero for each element of a mask that lies in the margin; undefined when none does. */
export function exemptIn(exempted: Exempted, output: string, expected: AnyTensor): Uint8Array | undefined {
  const places = exempted.get(output)
  if (places === undefined) return undefined
  const exempt = new Uint8Array(sizeOf(expected.shape))
  for (const place of places) exempt[place] = 1
  return exempt
}

/** The sum of a mask may miss by one for each of its cells in the margin. */
export function widened(exempted: Exempted, output: string, tolerance: Tolerance): Tolerance {
  const cells = exempted.get(output.replace(/^ignore_(\d+)$/, 'ignore_mask_$1'))?.length ?? 0
  if (cells === 0 || scaleNameOf(output) === 'ignore_mask') return tolerance
  return { ...tolerance, atol: tolerance.atol + cells, source: `${tolerance.source}, and ${cells} cells in the margin` }
}
