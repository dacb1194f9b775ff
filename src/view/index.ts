/**
 * Makes the loss visible: pages of where it comes from, and curves of how it went.
 * The numbers of a page are those of the reference, and those of a graph stand beside them.
 */
export type { Paper } from './curve/grid.js'
export { type Axis, axes, History } from './curve/history.js'
export { curveSvg } from './curve/svg.js'
export { curveText, excessText } from './curve/text.js'
export { type Summary, summaryOf } from './curve/words.js'
export { lossPage } from './door.js'
export { type LivePage, liveFiles, writeLive } from './folder/files.js'
export { type Backend, findOrtWeb } from './folder/ortweb.js'
export { type Served, serve } from './folder/serve.js'
export { pack, unpack } from './pack.js'
export { isPage, pageOf } from './page/page.js'
export type { Scene } from './scene/asked.js'
export { sideOf } from './scene/side.js'
export type { Side, View } from './viewed.js'
