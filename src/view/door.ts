import { expectArguments, must, version } from '../io/index.js'
import { expectConfig, semantics } from '../yolo/index.js'
import { pageOf } from './page/page.js'
import type { Scene } from './scene/asked.js'
import { sideOf } from './scene/side.js'

const ofScene = must.having({ name: must.text, feeds: must.named(must.anyTensor) })
const ofFurther = must.options({
  full: must.yesOrNo,
  input: must.pair(must.whole(32)),
  classNames: must.list(must.text),
  images: must.list(must.options({ name: must.text, picture: must.text })),
  beside: must.record,
  graph: must.text,
})

/** A scene that others made. @throws InputError, ConfigError */
function expectScene(scene: Scene, place: string): void {
  expectArguments('lossPage', { [place]: ofScene }, { [place]: scene })
  expectConfig(scene.config)
  const { name: _, config: __, feeds: ___, ...further } = scene
  expectArguments('lossPage', { [place]: ofFurther }, { [place]: further })
}

/**
 * A page that shows where a loss comes from, cell by cell, by the float64 reference: HTML that needs nothing beside it.
 *
 * @param scene the inputs of a loss, by the names of our graphs, and its configuration
 * @param other a second one, which the page compares it with
 * @throws InputError for arguments of another kind, arrays that are not those of a loss of the configuration, and boxes
 *   alone without `input`; ConfigError
 */
export async function lossPage(scene: Scene, other?: Scene): Promise<string> {
  const scenes = other === undefined ? [scene] : [scene, other]
  for (const [i, own] of scenes.entries()) expectScene(own, i === 0 ? 'scene' : 'other')
  const title = scenes.map(({ name }) => name).join(' and ')
  return pageOf({ title, made: `onnx-yolo-loss ${version}, semantics ${semantics}`, sides: scenes.map(sideOf) })
}
