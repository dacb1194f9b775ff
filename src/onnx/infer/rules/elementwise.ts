import { sizeOf } from '../../../io/index.js'
import { intOf } from '../../graph/attribute.js'
import { dataTypeName } from '../../graph/dtypes.js'
import { broadcast } from '../../graph/shape.js'
import { type Asked, cannotTell, given, type Inference, type Known, mostNumbers } from '../known.js'

const words = (text: string): string[] => text.split(' ')

/** Operators that leave the shape as it is. */
const keeping = words(
  'Abs Neg Exp Log Sqrt Reciprocal Sigmoid Tanh Relu LeakyRelu Elu Selu Celu Softplus Softsign HardSigmoid HardSwish Mish Gelu ' +
    'Erf Sign Floor Ceil Round Clip Softmax LogSoftmax CumSum InstanceNormalization LRN PRelu Hardmax ThresholdedRelu',
)

const binary: Readonly<Record<string, ((a: number, b: number, whole: boolean) => number) | undefined>> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  Div: (a, b, whole) => (whole ? Math.trunc(a / b) : a / b),
  Pow: (a, b) => a ** b,
  Max: (a, b) => Math.max(a, b),
  Min: (a, b) => Math.min(a, b),
  Mod: (a, b) => a - b * Math.floor(a / b),
  Sum: (a, b) => a + b,
  Mean: undefined,
  BitShift: undefined,
}

const compared: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  Equal: (a, b) => a === b,
  Greater: (a, b) => a > b,
  GreaterOrEqual: (a, b) => a >= b,
  Less: (a, b) => a < b,
  LessOrEqual: (a, b) => a <= b,
  And: (a, b) => a !== 0 && b !== 0,
  Or: (a, b) => a !== 0 || b !== 0,
  Xor: (a, b) => (a !== 0) !== (b !== 0),
}

const unary: Readonly<Record<string, (x: number) => number>> = {
  Floor: Math.floor,
  Ceil: Math.ceil,
  Neg: (x) => -x,
  Abs: Math.abs,
  Sqrt: Math.sqrt,
  Identity: (x) => x,
}

/** The place in an operand that a place of the broadcast result comes from. */
function sourceOf(at: number, shape: readonly number[], of: readonly number[]): number {
  let [rest, place, step] = [at, 0, 1]
  for (let i = shape.length - 1, k = of.length - 1; k >= 0; i--, k--) {
    const [size, own] = [shape[i] as number, of[k] as number]
    if (own > 1) place += (rest % size) * step
    rest = Math.floor(rest / size)
    step *= own
  }
  return place
}

function together(n: Asked): readonly number[] {
  const shapes = n.x.map((v) => (v as Known).shape)
  return shapes.reduce<readonly number[]>((a, b) => {
    const wide = broadcast(a, b) as readonly number[] | undefined
    return wide ?? cannotTell(n, `has operands [${a}] and [${b}], which do not broadcast`)
  }, [])
}

/** Numbers of the result where all operands have theirs. */
function folded(n: Asked, shape: readonly number[], of: (...xs: number[]) => number): readonly number[] | undefined {
  const all = n.x.map((v) => v?.values)
  if (sizeOf(shape) > mostNumbers || all.some((v) => v === undefined)) return undefined
  return Array.from({ length: sizeOf(shape) }, (_, i) =>
    of(...n.x.map((v) => (v as Known).values?.[sourceOf(i, shape, (v as Known).shape)] as number)),
  )
}

const known = (dtype: string, shape: readonly number[], values: readonly number[] | undefined): Known[] => [
  { dtype, shape, ...(values && { values }) },
]

const spreading =
  (of: ((a: number, b: number, whole: boolean) => number) | undefined, dtype?: string): Inference =>
  (n) => {
    const shape = together(n)
    const own = given(n).dtype
    const whole = /int/.test(own)
    const values = of && folded(n, shape, (...xs) => xs.reduce((a, b) => of(a, b, whole)))
    return known(dtype ?? own, shape, values)
  }

const where: Inference = (n) => {
  const shape = together(n)
  return known(
    given(n, 1).dtype,
    shape,
    folded(n, shape, (c, a, b) => (c ? a : b) as number),
  )
}

const cast: Inference = (n) => {
  const { shape, values } = given(n)
  const dtype = dataTypeName(intOf(n, 'to', 1))
  return known(dtype, shape, /int/.test(dtype) ? values?.map(Math.trunc) : values)
}

const kept: Inference = (n) => {
  const { dtype, shape } = given(n)
  const own = unary[n.node.op]
  return known(dtype, shape, own && folded({ ...n, x: n.x.slice(0, 1) }, shape, own))
}

/** Operators number by number. */
export const elementwiseInference: Readonly<Record<string, Inference>> = {
  ...Object.fromEntries(keeping.map((op) => [op, kept])),
  ...Object.fromEntries(Object.entries(binary).map(([op, of]) => [op, spreading(of)])),
  ...Object.fromEntries(
    Object.entries(compared).map(([op, of]) => [op, spreading((a, b) => Number(of(a, b)), 'bool')]),
  ),
  Identity: kept,
  Dropout: (n) => [given(n), { dtype: 'bool', shape: given(n).shape }],
  Cast: cast,
  Where: where,
  Not: (n) => [{ dtype: 'bool', shape: given(n).shape }],
  IsNaN: (n) => [{ dtype: 'bool', shape: given(n).shape }],
  IsInf: (n) => [{ dtype: 'bool', shape: given(n).shape }],
}
