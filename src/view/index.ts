/**
 * Makes the loss visible: pages of where it comes from, and curves of how it went.
 * The numbers of a page are those of the reference, and those of a graph stand beside them.
 */
export { lossPage } from './door.js'
export { pack, unpack } from './pack.js'
export { pageOf } from './page/page.js'
export type { Scene } from './scene/asked.js'
export { sideOf } from './scene/side.js'
export type { Side, View } from './viewed.js'
