import { evalKit } from './kits/eval.js'
import { pairsOf } from './table.js'

await pairsOf(evalKit)
