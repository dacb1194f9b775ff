import { type Detector, graphField } from '../../detector/index.js'
import { type Edit, encodeForeignPart, exact, type ValueInfoProto } from '../../onnx/index.js'

/** The size along an axis; undefined for one that stays as it is declared. */
export type Sizes = (axis: number) => number | undefined

/** A declaration with other sizes; those that are open stay open. */
function resized(info: ValueInfoProto, sizes: Sizes): Uint8Array | undefined {
  const tensorType = info.type?.tensorType
  const dims = tensorType?.shape?.dim ?? []
  const next = dims.map((d, axis) => {
    const size = Object.hasOwn(d, 'dimValue') ? sizes(axis) : undefined
    return size === exact(d.dimValue) ? undefined : size
  })
  if (next.every((size) => size === undefined)) return undefined
  const dim = dims.map((d, axis) => (next[axis] === undefined ? d : { ...d, dimValue: next[axis] as number }))
  const shape = { ...tensorType?.shape, dim }
  return encodeForeignPart('value', {
    ...info,
    type: { ...info.type, tensorType: { ...(tensorType as { elemType: number }), shape } },
  })
}

/** Corrects the declared sizes of values, wherever they stand. */
export function resizedInfos({ graph }: Pick<Detector, 'graph'>, sizesOf: (name: string) => Sizes | undefined): Edit[] {
  const lists = [
    [graphField.input, graph.input],
    [graphField.output, graph.output],
    [graphField.value, graph.valueInfo],
  ] as const
  return lists.flatMap(([number, infos]) =>
    infos.flatMap((info, at): Edit[] => {
      const sizes = sizesOf(info.name)
      const put = sizes && resized(info, sizes)
      return put ? [{ number, at, count: 1, put: [put] }] : []
    }),
  )
}
