import type { ValueOf } from '../rules/rules.js'
import { above, bestAndAbove, bestAndFree } from './above.js'
import type { Assign, Assigning } from './assign.js'
import { best, bestOfMasks } from './best.js'
import { centred, centredCoarsely } from './centred.js'
import { prior } from './prior.js'
import { ratio } from './ratio.js'
import { responsible } from './responsible.js'

const ways: Readonly<Record<ValueOf<'assignment'>, Assign>> = {
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

/** Boxes assigned by the rule. */
export const assign: Assign = (given: Assigning) => ways[given.semantics.assignment](given)
