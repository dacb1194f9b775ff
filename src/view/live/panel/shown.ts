import { sideOf } from '../../scene/side.js'
import type { View } from '../../viewed.js'
import type { LiveBatch } from '../batch/batch.js'

/** The view of a changed batch, of the same images and names. Outputs of a graph that stood beside it are gone with it. */
export function viewOf(view: View, { config, feeds }: LiveBatch): View {
  const [first] = view.sides
  if (!first) return view
  const images = first.images.map(({ name, picture }) => ({ name, ...(picture !== undefined && { picture }) }))
  return { ...view, sides: [sideOf({ name: first.name, config, feeds, classNames: first.config.classes, images })] }
}
