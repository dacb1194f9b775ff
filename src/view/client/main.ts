import { unpack } from '../pack.js'
import type { View } from '../viewed.js'
import { show } from './show.js'

const view = (await unpack(document.getElementById('view')?.textContent ?? '')) as View
show(view, document.getElementById('page') as HTMLElement)
