import type { Kit } from './kit.js'
import { attachKit } from './kits/attach.js'
import { evalKit } from './kits/eval.js'
import { exportKit } from './kits/export.js'
import { targetsKit } from './kits/targets.js'
import { verifyKit } from './kits/verify.js'

/** Every command that is tried in pairs. */
export const kits: readonly Kit[] = [exportKit, attachKit, evalKit, targetsKit, verifyKit]
