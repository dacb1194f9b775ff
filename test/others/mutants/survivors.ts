import type { Mutant } from './mutants.js'

/** Why some mutants survive that are no equal graphs. */
const reasons: readonly (readonly [node: RegExp, what: RegExp, reason: string])[] = [
  [/candidates\/Abs$/, /Identity for Abs/, 'a negative size makes the loss NaN, which verify compares with nothing'],
  [/^(ReduceSum|Cast|Split|layer\d\/Reshape)(_\d+)?$/, /in float16/, 'counts beyond 2048 are not generated'],
  [
    /candidates\/(Mul_1|Sub_1)$/,
    /in float16/,
    'on grids this small float16 finds the same cells; 1/128 of a cell is lost from 16 columns on',
  ],
  [
    /ignore\/Gather$/,
    /constant 1 \[\d+\]/,
    'one box is lost for one part of a grid; no case has a prediction there for each box',
  ],
]

/** Why a mutant survives, where that is known. */
export const reasonFor = ({ site, what }: Mutant): string | undefined =>
  reasons.find(([node, own]) => node.test(site.node.name) && own.test(what))?.[2]
