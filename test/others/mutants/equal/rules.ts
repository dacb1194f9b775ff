import { edit } from '../edits.js'
import type { Mutant } from '../mutants.js'
import type { Subject } from '../subjects.js'
import { absorbed, wholeInHalf } from './counts.js'
import { any, type Holds, isOp, named, readersOf } from './holds.js'
import { copiedSize, cutsRows, flattened, foundOrCopied, stepOfOne } from './shapes.js'
import { addends, ofOne, otherAxes } from './sums.js'

const alwaysBelow: Holds = ({ site, what }) =>
  what.startsWith('capped') && site.maker(site.node.inputs[0] ?? '')?.op === 'Min'

const commutes = ['Mul', 'ReduceProd', 'Add', 'Max', 'Min']

/** Two results of which everybody reads both, in an operator that does not care which is which. */
const factors: Holds = ({ site, what }) => {
  const [, i = '', j = ''] = /^results (\d) and (\d) swapped$/.exec(what) ?? []
  if (site.node.op !== 'Split' || i === '') return false
  const [a = '', b = ''] = [site.node.outputs[Number(i)], site.node.outputs[Number(j)]]
  const readers = [...site.readers(a), ...site.readers(b)]
  return readers.every(({ op, inputs }) => commutes.includes(op) && inputs.includes(a) && inputs.includes(b))
}

/** Why a mutant is the same graph, or one that differs in nothing that is asked of it. */
export const rules: Readonly<Record<string, Holds>> = {
  'the step of a slice of one': stepOfOne,
  'a size of 0 in Reshape copies the size': any(copiedSize, foundOrCopied),
  'one column is flattened by 0 and by −1': flattened,
  'whole numbers up to 2048 are exact in float16': any(
    wholeInHalf,
    named(/candidates\/(Sub|Floor|Floor_1|Where|Where_1|Min|Max)$/, /in float16/),
    named(/sizes\/Mul$/, /in float16/),
    named(/\/bce\/(Mul_1|Sub_1)$/, /in float16/), // 2·H and 1 − 2·H
    named(/^ignore\/Unsqueeze_3$/, /in float16/), // columns and rows
    named(/^ignore\/Reshape_2$/, /in float16/), // sizes of anchors
    named(/^ignore\/decode\/Reshape$/, /in float16/), // pixels, multiples of 32
  ),
  '1e-7 beside 1 or more is at most one rounding': absorbed,
  'sums of sums, whichever axes come first': otherAxes,
  'the order of addends': addends,
  'chunks of nothing but zeros': (mutant) => isOp(mutant, 'Mod') && mutant.what === 'left out, 0 passed on',
  'sum, mean and maximum of one number': ofOne,
  'exp(−|t|) never exceeds 1': alwaysBelow,
  // Rows of channels-first logits have other strides than their cells.
  'the order of factors': any(
    factors,
    (mutant, { config }) =>
      config.layout !== 'nchw' && named(/candidates\/Concat$/, /operands 2 and 3/)(mutant, {} as Subject),
  ),
  'only its shape is read': ({ site, what }) =>
    what === 'in float16' && readersOf(site).every(({ op }) => op === 'Shape') && readersOf(site).length > 0,
  'rows of one cell, of two or of another number that divides the cells hold the same objectnesses': (mutant) =>
    cutsRows(mutant.site) &&
    any(
      named(/sizes\/Gather_3$/, /constant 1 − 1/),
      named(/layer[12]\/sizes\/Gather_3$/, /left out, 1/),
      named(/objectness\/Mul$/, /left out, 1/),
    )(mutant, {} as Subject),
  'both branches agree at the border': named(
    /(bce|candidates)\/(Greater|Less)$|^objects\/Greater$|^layer\d\/Greater$/,
    /(Greater|Less)OrEqual for/,
  ),
  'a wider search window changes no result': any(
    named(/candidates\/Mul$/, /^(Div|Add) for Mul/, /left out, 0/, /× 1.01/, /\+ 1/),
    named(/candidates\/Mul_2$/, /Add for Mul/, /left out, 1/),
    named(/candidates\/Add$/, /× 1.01/, /\+ 1/),
    named(/candidates\/Floor_1$/, /(Ceil|Round) for Floor/),
    named(/candidates\/Greater$/, /constant 1 \+ 1/),
    named(/candidates\/Where_1$/, /left out, 2/),
    // The window of thresholds above ½ is wider than it has to be.
    (mutant, { config }) => config.ignoreThreshold > 0.55 && named(/candidates\/Mul$/, /× 0.99/)(mutant, {} as Subject),
  ),
  'the window has room for rounding': any(
    named(/candidates\/Add$/, /left out, 0/, /× 0.99/),
    // Half a unit in the last place of float16 is less than a thousandth.
    named(/candidates\/(Abs|Mul|Mul_2|Add)$/, /in float16/),
    // What lies beyond a whole number does not fall below it.
    named(/candidates\/Add_1$/, /in float16/),
  ),
  'a cast to whole numbers cuts off what follows the point': any(
    named(/candidates\/Floor(_1)?$/, /left out, 0/),
    named(/candidates\/Sub$/, /× 0.99/),
    named(/candidates\/Greater$/, /constant 1 − 1/),
    named(/^Concat_\d+$/, /constant 0 (\[\d+\] )?× 1.01/),
  ),
  'a logarithm is −∞ at 0 and NaN below by itself': any(
    named(/^(objects|layer\d)\/Where_\d$/, /left out, 1/),
    named(/^(objects|layer\d)\/Greater$/, /constant 1 − 1/),
  ),
  'what is added to 0 where nothing else is': named(/ragged\/ScatterND$|gradient\/.*ScatterElements$/, /^adds$/),
  'a number that nobody reads': any(
    named(/ragged\/Gather$/, /constant 0 \[1\]/),
    named(/objects\/TopK(_\d)?$/, /in float16/),
    named(/^objects\/Concat_3$/, /operands 1 and 2/),
  ),
  'rows that pad the table count for nothing': (mutant) =>
    /^(objects\/Concat_[12]|Concat_2)$/.test(mutant.site.node.name) &&
    /emptyRows/.test(mutant.site.node.inputs[edit(mutant)?.index ?? -1] ?? '') &&
    (mutant.site.node.name !== 'objects/Concat_2' || edit(mutant)?.after.every((x) => x > 0) === true),
  'padding lies anywhere far off': named(/^objects\/Where$/, /constant 1 (× 1.01|× 0.99|\+ 1|\[2\] × 1.01)$/),
  'the order of places where the same is written': (mutant, { form }) =>
    form === 'compact' && named(/^Concat$/, /operands 0 and 1/)(mutant, {} as Subject),
  'a greatest value does not care for order': ({ site, what }) =>
    site.node.op === 'Concat' &&
    /swapped/.test(what) &&
    site.readers(site.node.outputs[0] ?? '').every(({ op }) => op === 'ReduceMax'),
  'what stands in for no IoU is below every threshold': (mutant, { config }) =>
    config.ignoreThreshold > 0.01 && named(/Loop\/ConstantOfShape$/, /^value/)(mutant, {} as Subject),
  'what stands in for no size is above 0': named(/^layer\d\/Where$/, /constant 2 (× 1.01|× 0.99|\+ 1)$/),
}

/** The rule by which a mutant is no fault. */
export const ruleFor = (mutant: Mutant, subject: Subject): string | undefined =>
  Object.entries(rules).find(([, holds]) => holds(mutant, subject))?.[0]
