import { type AnyTensor, isFolder, listed, quoted, readArrays, refuse } from '../../io/index.js'
import type { ModelInfo } from '../../onnx/index.js'
import { bindTensors, readCase } from '../../verify/index.js'

/**
 * The inputs of a graph, from an `.npz` file with arrays of their names, or from one data set of a case folder.
 * @throws InputError for a folder without this data set, and for what the readers refuse
 */
export async function readInputs(
  path: string,
  info: ModelInfo,
  { set, maxUnpacked }: { readonly set: number; readonly maxUnpacked: number },
): Promise<Map<string, AnyTensor>> {
  if (!isFolder(path)) return readArrays(path, { bytes: maxUnpacked * 2 ** 20 })
  const { dataSets } = await readCase(path)
  const wanted = `test_data_set_${set}`
  const found = dataSets.find(({ name }) => name === wanted)
  if (!found) {
    const remedy = `it has ${listed(dataSets.map(({ name }) => name))}`
    return refuse('E_FIXTURE', path, `there is no ${wanted}`, remedy)
  }
  const names = info.inputs.map(({ name }) => name)
  return bindTensors(found.inputs, names, 'input', path)
}

/** Refuses arrays without images, where the original divides 0 by 0, or without cells. @throws InputError naming the array */
export function refuseEmpty(feeds: ReadonlyMap<string, AnyTensor>, path: string): void {
  for (const [name, { shape }] of feeds) {
    if (shape.length < 4 || !shape.includes(0)) continue
    const [kind, remedy] =
      shape[0] === 0
        ? ['a batch of 0 images', 'the mean over no image is 0/0, which is NaN; give one image or more']
        : ['a grid of 0 cells', 'a box in it would be divided by 0; give grids of one cell or more']
    refuse('E_EMPTY', path, `${quoted(name)} is [${shape}]: ${kind}`, remedy)
  }
}
