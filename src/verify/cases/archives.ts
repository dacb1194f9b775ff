import { type AnyTensor, encodeNpz, float32, isDType, type NamedTensor, type Tensor } from '../../io/index.js'
import type { LossConfig } from '../../yolo/index.js'

type Named = readonly NamedTensor<AnyTensor>[]

/** The archives of a case, by the names of their files: what reads `.npz` needs no ONNX to take part. */
export const archiveNames = ['inputs.npz', 'expected.npz', 'config.npz'] as const

const isStored = (named: NamedTensor<AnyTensor>): named is NamedTensor => isDType(named.tensor.dtype)

const scalar = (x: number): Tensor => ({ dtype: 'float64', shape: [], data: Float64Array.of(x) })
const whole = (shape: readonly number[], list: readonly number[]): Tensor => ({
  dtype: 'int64',
  shape,
  data: BigInt64Array.from(list, BigInt),
})

/** What every loss has to know of a configuration; whatever else it says stands in `case.json`. */
function configArrays({ anchors, anchorMask, classes, ignoreThreshold }: LossConfig): Readonly<Record<string, Tensor>> {
  const masks = anchorMask.map((mask, l) => [`anchor_mask_${l}`, whole([mask.length], mask)] as const)
  return {
    anchors: float32([anchors.length, 2], anchors.flat()),
    ...Object.fromEntries(masks),
    classes: whole([], [classes]),
    ignore_threshold: scalar(ignoreThreshold),
  }
}

/**
 * The bytes of the archives; equal content gives equal bytes.
 * @param config `anchors` float32 [N,2] in pixels, `anchor_mask_<l>` int64 [A], `classes` int64 [], `ignore_threshold` float64 []
 */
export async function archivesOf(
  inputs: Named,
  outputs: Named,
  config: LossConfig,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const content = [inputs.filter(isStored), outputs.filter(isStored), configArrays(config)]
  const bytes = await Promise.all(content.map((arrays) => encodeNpz(arrays)))
  return new Map(archiveNames.map((name, i) => [name, bytes[i] as Uint8Array]))
}
