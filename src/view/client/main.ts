import { unpack } from '../pack.js'
import type { View } from '../viewed.js'

const view = (await unpack(document.getElementById('view')?.textContent ?? '')) as View
document.title = view.title
