import { exportKit } from './kits/export.js'
import { pairsOf } from './table.js'

await pairsOf(exportKit)
