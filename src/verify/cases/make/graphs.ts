import { writeAtomic } from '../../../io/index.js'
import { encodeModel, printModel } from '../../../onnx/index.js'
import { lossModel, presets, resolveConfig } from '../../../yolo/index.js'
import { picture } from './picture.js'

/** The preset that the picture shows; the others differ in numbers alone, or have a scale less. */
const drawn = 'yolov3-coco'

/** The graph of every preset with its components, and a picture: file names and contents. */
export function presetGraphs(): Map<string, Uint8Array | string> {
  return new Map(
    Object.keys(presets).flatMap((preset): [string, Uint8Array | string][] => {
      const model = lossModel(resolveConfig({ preset, components: true }))
      return [
        [`${preset}.onnx`, encodeModel(model)],
        [`${preset}.txt`, printModel(model)],
        ...(preset === drawn ? [[`${preset}.svg`, picture(model)] as [string, string]] : []),
      ]
    }),
  )
}

/** Writes them all into a folder. */
export async function writeGraphs(dir: string): Promise<void> {
  for (const [name, content] of presetGraphs()) await writeAtomic(`${dir}/${name}`, content)
}
