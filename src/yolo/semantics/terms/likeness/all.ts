import type { Semantics } from '../../../../reference/semantics/records.js'
import { ciou } from './ciou.js'
import { diou } from './diou.js'
import { giou } from './giou.js'
import { iou } from './iou.js'
import type { Likeness } from './overlap.js'

/** How like two boxes are, by its name. */
export const likenesses: Readonly<Record<Exclude<Semantics['box'], 'none'>, Likeness>> = { iou, giou, diou, ciou }
