import type { ValueOf } from '../../../../reference/semantics/records.js'
import type { Assign } from '../assign.js'
import { above, bestAndAbove, bestAndFree } from './above.js'
import { best, bestOfMasks } from './best.js'
import { centred, centredCoarsely } from './centred.js'
import { prior } from './prior.js'
import { ratio } from './ratio.js'
import { responsible } from './responsible.js'

/** Each way to assign by its name. */
export const ways: Readonly<Record<ValueOf<'assignment'>, Assign>> = {
  best,
  'best-of-masks': bestOfMasks,
  'best-and-above': bestAndAbove,
  'best-and-free': bestAndFree,
  above,
  centred,
  'centred-coarsely': centredCoarsely,
  prior,
  ratio,
  responsible,
}
