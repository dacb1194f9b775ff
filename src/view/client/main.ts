import { unpack } from '../pack.js'
import type { View } from '../viewed.js'
import { show } from './show.js'

const view = (await unpack(document.getElementById('view')?.textContent ?? '')) as View
const page = document.getElementById('page') as HTMLElement
show(view, page)
// A live page has a new view after each change of its batch.
document.addEventListener('yolo-view', (event) => show((event as CustomEvent<View>).detail, page))
