import { verifyKit } from './kits/verify.js'
import { pairsOf } from './table.js'

await pairsOf(verifyKit)
