import { quoted, refuse } from '../../io/index.js'
import type { Data } from '../../verify/index.js'

/** Refuses arrays without images, where the original divides 0 by 0, or without cells. @throws InputError naming the array */
export function refuseEmpty({ inputs, from }: Data): void {
  for (const [name, { shape }] of inputs) {
    if (shape.length < 4 || !shape.includes(0)) continue
    const [kind, remedy] =
      shape[0] === 0
        ? ['a batch of 0 images', 'the mean over no image is 0/0, which is NaN; give one image or more']
        : ['a grid of 0 cells', 'a box in it would be divided by 0; give grids of one cell or more']
    refuse('E_EMPTY', from.get(name) ?? name, `${quoted(name)} is [${shape}]: ${kind}`, remedy)
  }
}
