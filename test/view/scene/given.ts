import { readCase } from '../../../src/verify/index.js'
import type { Scene } from '../../../src/view/index.js'
import { type ConfigInput, resolveConfig } from '../../../src/yolo/index.js'

/** A fixture as a scene. */
export async function fixtureScene(name: string, more: ConfigInput = {}): Promise<Scene> {
  const { info, dataSets } = await readCase(`fixtures/${name}`)
  const config = resolveConfig({ ...(info.config as ConfigInput), ...more })
  return { name, config, feeds: Object.fromEntries((dataSets[0]?.inputs ?? []).map((t) => [t.name, t.tensor])) }
}
