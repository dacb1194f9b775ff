import { writeAtomic } from '../../../io/index.js'
import { encodeModel, printModel } from '../../../onnx/index.js'
import { lossModel, presets, resolveConfig } from '../../../yolo/index.js'

/** The graph of every preset with its components: file names and contents. */
export function presetGraphs(): Map<string, Uint8Array | string> {
  return new Map(
    Object.keys(presets).flatMap((preset): [string, Uint8Array | string][] => {
      const model = lossModel(resolveConfig({ preset, components: true }))
      return [
        [`${preset}.onnx`, encodeModel(model)],
        [`${preset}.txt`, printModel(model)],
      ]
    }),
  )
}

/** Writes them all into a folder. */
export async function writeGraphs(dir: string): Promise<void> {
  for (const [name, content] of presetGraphs()) await writeAtomic(`${dir}/${name}`, content)
}
