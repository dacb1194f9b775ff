import type { Mutant } from './mutants.js'

/** Why some mutants survive that are no equal graphs. */
const reasons: readonly (readonly [node: RegExp, what: RegExp, reason: string])[] = [
  [
    /(candidates|objects)\/Abs$/,
    /Identity for Abs/,
    'a negative size makes the loss NaN, which verify compares with nothing',
  ],
  [/^(ReduceSum|Cast|Split|layer\d\/Reshape)(_\d+)?$/, /in float16/, 'few counts of the cases are beyond 2048 and odd'],
  [
    /candidates\/(Mul_1|Sub_1)$/,
    /in float16/,
    'on grids this small float16 finds the same cells; 1/128 of a cell is lost from 16 columns on',
  ],
  [/candidates\/Max$/, /constant 1 \+ 1/, 'a wider window, which only a grid of one row or column leaves'],
  [/candidates\/Add$/, /Sub for Add/, 'the window is a thousandth of a cell short, where no case has its edge'],
  [
    /ignore\/Gather$/,
    /constant 1 \[\d+\]/,
    'one box is lost for one part of a grid; no case has a prediction there for each box',
  ],
  [
    /ignore\/(decode\/)?Div(_1)?$/,
    /1e-7 added/,
    'one rounding of a divisor of 2 or less, which moves no IoU of the cases across the threshold',
  ],
  [/layer\d\/Less$/, /LessOrEqual/, 'no box of this scale makes an IoU that equals the threshold exactly'],
  [/^loss\/Concat$/, /operands/, 'the row that is taken instead of the last one is as empty'],
  [/^Slice_\d+$/, /left out, 4/, 'sums of rows have a second chunk from 512 boxes on, which no case has'],
  [
    /(^|\/)ReduceSum(_\d+)?$/,
    /ReduceMax for ReduceSum/,
    'in a stage that has one number other than 0; the coarser scales of the cases fill no more',
  ],
  [/^Unsqueeze_\d+$/, /constant 0 − 1/, 'Where spreads a size of 1 by itself'],
  [/layer\d\/ignore\/Reshape_\d$/, /left out, 0/, 'a shape that is lost for a batch of no images alone'],
  [/layer\d\/(cls|conf)\/bce\/Mul$/, /in float16/, 'of many products added up as many are rounded up as down'],
]

/** Why a mutant survives, where that is known. */
export const reasonFor = ({ site, what }: Mutant): string | undefined =>
  reasons.find(([node, own]) => node.test(site.node.name) && own.test(what))?.[2]
