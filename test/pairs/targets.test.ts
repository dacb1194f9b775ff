import { targetsKit } from './kits/targets.js'
import { pairsOf } from './table.js'

await pairsOf(targetsKit)
