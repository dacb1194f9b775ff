import type { Tensor } from '../../../../src/io/tensor.js'
import type { Node } from '../../../../src/onnx/graph/model.js'
import { numbers } from '../edits.js'
import type { Site } from '../sites.js'
import { type Holds, numbersOf } from './holds.js'

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

export const wholeInHalf: Holds = ({ site, what }, { form }) =>
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

export const absorbed: Holds = ({ site, what }) =>
  site.node.op === 'Div' &&
  what.includes('added to the divisor') &&
  (site.node.name === 'objects/Div' || isLarge(site, site.node.inputs[1] ?? ''))
