import { attachKit } from './kits/attach.js'
import { pairsOf } from './table.js'

await pairsOf(attachKit)
