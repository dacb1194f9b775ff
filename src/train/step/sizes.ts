import { type Detector, refuse } from '../../detector/index.js'
import { quoted } from '../../io/index.js'
import type { LossConfig } from '../../yolo/index.js'

/**
 * The sizes of a detector's inputs: what it leaves open is the batch, which comes first, and the height and width of the
 * image, as the configuration has them.
 * @throws InputError where the configuration does not say, or says otherwise
 */
export function fixedInputs(
  { info, file }: Detector,
  { batch, input }: Pick<LossConfig, 'batch' | 'input'>,
): Record<string, readonly number[]> {
  const sized = info.inputs.map(({ name, shape }): [string, readonly number[]] => {
    const where = `${file}, input ${quoted(name)}`
    if (!shape) return refuse('E_STEP', where, 'has no rank', 'run onnx.shape_inference on the model')
    const sides = [...(input ?? [])]
    const sizes = shape.map((dim, axis) => {
      if (typeof dim === 'number') return checked(dim, axis, batch, where)
      const [what, size] = axis === 0 ? ['--batch', batch] : ['--input', sides.shift()]
      return size ?? refuse('E_STEP', where, `has open sizes: [${shape}]`, `a step has fixed ones: give ${what}`)
    })
    return [name, sizes]
  })
  return Object.fromEntries(sized)
}

function checked(dim: number, axis: number, batch: number | undefined, where: string): number {
  if (axis !== 0 || batch === undefined || dim === batch) return dim
  return refuse('E_STEP', where, `has the batch ${dim}, and the configuration ${batch}`, 'export it with an open batch')
}
