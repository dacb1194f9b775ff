import type { Tensor } from '../../../src/io/tensor.js'
import type { Node } from '../../../src/onnx/graph/model.js'
import { edit, numbers, rankOf } from './edits.js'
import type { Mutant } from './mutants.js'
import type { Site } from './sites.js'
import type { Subject } from './subjects.js'

type Holds = (mutant: Mutant, subject: Subject) => boolean

const readersOf = ({ node, readers }: Site): readonly Node[] => readers(node.outputs[0] ?? '')

const isOp = ({ site }: Mutant, ...ops: string[]): boolean => ops.includes(site.node.op)

const stepOfOne: Holds = (mutant) => {
  const { site } = mutant
  const [start = 0, end = 0] = [1, 2].map((i) => Number(site.constant(site.node.inputs[i] ?? '')?.data[0]))
  const isOne = end - start === 1 || (start === -1 && end > most)
  return isOp(mutant, 'Slice') && edit(mutant)?.index === 4 && edit(mutant)?.after[0] !== 0 && isOne
}

/** The first size of a tensor, read off its shape, or 0: "as it was". */
const copiedSize: Holds = ({ site, what }) =>
  site.node.op === 'Slice' &&
  what === 'left out, 1 passed on' &&
  site.constant(site.node.inputs[1] ?? '')?.data[0] === 0n &&
  site
    .readers(site.node.outputs[0] ?? '')
    .every(({ op, inputs }) => op === 'Concat' && inputs[0] === site.node.outputs[0])

const flattened: Holds = (mutant) => {
  const found = edit(mutant)
  return isOp(mutant, 'Reshape') && `${found?.before}` === '0' && `${found?.after}` === '-1'
}

const movements = [
  'Split',
  'Reshape',
  'Transpose',
  'Concat',
  'Gather',
  'GatherND',
  'Slice',
  'Squeeze',
  'Unsqueeze',
  'Expand',
]

/** Whether a value holds only numbers of a kind, moved about. */
function isOnly(
  site: Site,
  name: string,
  kind: (node: Node | undefined, constant: Tensor | undefined) => boolean,
): boolean {
  const maker = site.maker(name)
  if (kind(maker, site.constant(name))) return true
  if (!maker || !movements.includes(maker.op)) return false
  const sources = maker.op === 'Concat' ? maker.inputs : maker.inputs.slice(0, 1)
  return sources.every((input) => isOnly(site, input, kind))
}

/** Largest whole number up to which float16 has all. */
const most = 2048

const isSmallWhole = (x: number): boolean => !Number.isFinite(x) || (Number.isInteger(x) && Math.abs(x) <= most)

/** Numbers that say whether, or where: no larger than a grid or a batch. */
const isWhole =
  (site: Site) =>
  (maker: Node | undefined, constant: Tensor | undefined): boolean => {
    const from = site.typeOf(maker?.inputs[0] ?? '')?.dtype
    if (constant && constant.dtype !== 'bool') return numbers(constant).every(isSmallWhole)
    if (maker?.op === 'Cast' && (from === 'bool' || from === 'int64')) return true
    const { value } = maker?.op === 'ConstantOfShape' ? maker.attributes : {}
    if (value && 'tensor' in value) return numbers(value.tensor).every(isSmallWhole)
    const branches = maker?.op === 'Where' ? maker.inputs.slice(1).map((name) => site.constant(name)) : []
    return branches.length > 0 && branches.every((own) => own && numbers(own).every(isSmallWhole))
  }

/** Whether a sum adds up no more numbers than float16 can count. */
function isOfFew(site: Site, { inputs: [x = '', axes = ''] }: Node): boolean {
  const sizes = numbersOf(site, axes).map((axis) => site.typeOf(x)?.shape.at(axis))
  return sizes.length > 0 && sizes.every((size) => typeof size === 'number' && size <= 16)
}

/** Also added up, or in another element type. */
function isCount(site: Site, name: string, form: string): boolean {
  const maker = site.maker(name)
  if (isOnly(site, name, isWhole(site))) return true
  const isSum = maker?.op === 'ReduceSum' && (form === 'static' || isOfFew(site, maker))
  const isKept = maker && (isSum || ['Cast', 'Split', 'Reshape'].includes(maker.op))
  return isKept ? isCount(site, maker.inputs[0] ?? '', form) : false
}

const wholeInHalf: Holds = ({ site, what }, { form }) =>
  what === 'in float16' && isCount(site, site.node.outputs[0] ?? '', form)

/** Whether no element of a divisor (by `objects/Div`: an anchor) lies between −1 and 1: pixels, cells, images, 1 + e. */
function isLarge(site: Site, name: string): boolean {
  return isOnly(site, name, (maker, constant) => {
    // One rounding of a place is enough to move an IoU across the threshold.
    if (constant) return numbers(constant).every((x) => Math.abs(x) >= (site.node.name.startsWith('ignore/') ? 2 : 1))
    const from = site.typeOf(maker?.inputs[0] ?? '')?.dtype
    if (maker?.op === 'Cast' && from === 'int64') return true
    if (maker?.op === 'Mul') return maker.inputs.every((input) => isLarge(site, input))
    return maker?.op === 'Add' && maker.outputs[0]?.includes('/bce/') === true
  })
}

const absorbed: Holds = ({ site, what }) =>
  site.node.op === 'Div' &&
  what.includes('added to the divisor') &&
  (site.node.name === 'objects/Div' || isLarge(site, site.node.inputs[1] ?? ''))

/**
 * The axes that are left where nothing is added up any more of what holds a value: sums of it, 0 less it, and it beside
 * other numbers, in one shape or another. Whatever comes before that may be added up in any order.
 */
function axesLeft(site: Site, name: string): number {
  const [reader, ...rest] = site.readers(name).filter(({ op }) => op !== 'Shape')
  const rank = rankOf(site, name)
  if (reader === undefined || rest.length > 0) return rank
  const isNegation = reader.op === 'Sub' && reader.inputs[1] === name && numbersOf(site, reader.inputs[0])[0] === 0
  if (reader.op !== 'ReduceSum' && reader.op !== 'Concat' && reader.op !== 'Reshape' && !isNegation) return rank
  // Laid out anew it is worth something only if it is added up then.
  const left = axesLeft(site, reader.outputs[0] ?? '')
  const isAddedUp = reader.op === 'ReduceSum' || isNegation || left < rankOf(site, reader.outputs[0])
  return isAddedUp ? Math.min(rank, left) : rank
}

const otherAxes: Holds = (mutant) => {
  const { site } = mutant
  const found = edit(mutant)
  if (!isOp(mutant, 'ReduceSum') || found?.index !== 1) return false
  const rank = rankOf(site, site.node.inputs[0])
  const after = found.after.map((axis) => (axis + rank) % rank)
  const isThere = found.after.every((axis) => axis < rank) && new Set(after).size === found.before.length
  const left = axesLeft(site, site.node.outputs[0] ?? '')
  return isThere && after.every((axis) => axis >= left)
}

/** Numbers one after another of which nothing but the sum is asked. */
const addends: Holds = ({ site, what }) => {
  const output = site.node.outputs[0] ?? ''
  const left = axesLeft(site, output)
  return site.node.op === 'Concat' && /swapped/.test(what) && left < rankOf(site, output) && joinedAt(site) >= left
}

const joinedAt = ({ node, typeOf }: Site): number => {
  const { axis } = node.attributes
  const place = axis && 'int' in axis ? axis.int : 0
  return place < 0 ? place + (typeOf(node.outputs[0] ?? '')?.shape.length ?? 0) : place
}

/** A size of a shape that −1 finds out, or that 0 copies, where both are the same. */
const foundOrCopied: Holds = (mutant) => {
  const { site } = mutant
  const found = edit(mutant)
  if (site.node.op !== 'Concat' || !found) return false
  const front = site.node.inputs
    .slice(0, found.index)
    .reduce((n, name) => n + Number(site.typeOf(name)?.shape[0] ?? 1), 0)
  const changed = found.before.flatMap((x, i) => (x === found.after[i] ? [] : [i]))
  const isCopied = ({ op, inputs, outputs }: Node, place: number) =>
    op === 'Reshape' && site.typeOf(inputs[0] ?? '')?.shape[place] === site.typeOf(outputs[0] ?? '')?.shape[place]
  return changed.every(
    (i) => found.before[i] === -1 && found.after[i] === 0 && readersOf(site).every((node) => isCopied(node, front + i)),
  )
}

/** Whether a number of columns only says how many cells each row of a table of objectnesses has. */
const cutsRows = (site: Site): boolean => {
  const readers = readersOf(site)
  return readers.length > 0 && readers.every(({ name }) => /objectness\/(Mul|Unsqueeze|Range)$/.test(name))
}

const alwaysBelow: Holds = ({ site, what }) =>
  what.startsWith('capped') && site.maker(site.node.inputs[0] ?? '')?.op === 'Neg'

const commutes = ['Mul', 'ReduceProd', 'Add', 'Max', 'Min']

/** Two results of which everybody reads both, in an operator that does not care which is which. */
const factors: Holds = ({ site, what }) => {
  const [, i = '', j = ''] = /^results (\d) and (\d) swapped$/.exec(what) ?? []
  if (site.node.op !== 'Split' || i === '') return false
  const [a = '', b = ''] = [site.node.outputs[Number(i)], site.node.outputs[Number(j)]]
  const readers = [...site.readers(a), ...site.readers(b)]
  return readers.every(({ op, inputs }) => commutes.includes(op) && inputs.includes(a) && inputs.includes(b))
}

/** A reduction over axes of one element each. */
const ofOne: Holds = (mutant) => {
  const { site, what } = mutant
  const axes = numbersOf(site, site.node.inputs[1])
  const { shape = [] } = site.typeOf(site.node.inputs[0] ?? '') ?? {}
  return /^Reduce\w+ for Reduce/.test(what) && axes.length > 0 && axes.every((axis) => shape.at(axis) === 1)
}

const numbersOf = ({ constant }: Site, name = ''): number[] => {
  const tensor = constant(name)
  return tensor ? numbers(tensor) : []
}

const named =
  (node: RegExp, ...whats: RegExp[]): Holds =>
  ({ site, what }) =>
    node.test(site.node.name) && whats.some((own) => own.test(what))

const any =
  (...several: Holds[]): Holds =>
  (mutant, subject) =>
    several.some((holds) => holds(mutant, subject))

/** Why a mutant is the same graph, or one that differs in nothing that is asked of it. */
export const rules: Readonly<Record<string, Holds>> = {
  'the step of a slice of one': stepOfOne,
  'a size of 0 in Reshape copies the size': any(copiedSize, foundOrCopied),
  'one column is flattened by 0 and by −1': flattened,
  'whole numbers up to 2048 are exact in float16': any(
    wholeInHalf,
    named(/candidates\/(Sub|Floor|Floor_1|Where|Where_1|Min|Max)$/, /in float16/),
    named(/sizes\/Mul$/, /in float16/),
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
  'the order of factors': any(factors, named(/candidates\/Concat$/, /operands 2 and 3/)),
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
