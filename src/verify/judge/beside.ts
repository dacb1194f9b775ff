import type { AnyTensor } from '../../io/index.js'
import { type Feeds, type Provider, providers } from '../../runtime/index.js'
import { type LossConfig, layouts, ofScale } from '../../yolo/index.js'
import { Answers } from '../answers/answers.js'
import { asked } from '../answers/inputs.js'
import { toLabelOrder } from '../answers/layout.js'
import { passes } from '../compare/compare.js'
import { elementAt } from '../compare/scalar.js'
import { excuseOf, hangsOnMasks } from '../threshold/excuse.js'
import { undecidedCells } from '../threshold/undecided.js'
import { excused } from './outputrows.js'
import { type Expectation, referenceSource } from './sources.js'
import { unsettledRows } from './unsettled.js'

/** An output of a graph beside what the reference has for it, to the tolerance of verification. */
export interface BesideOutput {
  readonly name: string
  /** Of several elements the one that is farthest off. */
  readonly graph: number
  readonly reference: number
  readonly differing: number
  readonly of: number
}

/** A scale of a graph by rows `[B,h,w,A]`, as far as its outputs tell. */
export interface BesideScale {
  /** Rows of which an output is beyond its tolerance, ascending. */
  readonly differs: Uint32Array
  readonly ignoreMask?: ArrayLike<number>
  /** `[B,h,w,A,5+C]` */
  readonly gradient?: Float64Array
}

/** What a graph gave beside the reference. */
export interface Beside {
  readonly outputs: readonly BesideOutput[]
  readonly scales: readonly BesideScale[]
  /** Loss of the graph, of all its images together; absent where it gives none. */
  readonly loss?: number
  /** Rows of gradients that were not compared, as their logits are not finite and no number can be asked of them. */
  readonly uncompared: number
}

type Outputs = ReadonlyMap<string, AnyTensor>

/**
 * Holds the outputs of a run against the float64 reference. Cells that only rounding puts on the other side of the ignore
 * threshold are granted, as in verification; outputs that the reference does not know are left out.
 * @returns undefined for inputs that are not those of a loss of this configuration
 */
export function besideReference(
  config: LossConfig,
  feeds: Feeds,
  got: Outputs,
  provider: Provider = 'cpu',
): Beside | undefined {
  const answers = Answers.of(config, feeds)
  if (!answers) return undefined
  const { expected, uncompared } = settled(expectations(answers, got, provider), config, feeds)
  const outputs = [...expected].map(([name, { expectation, tensor }]) => outputBeside(name, expectation, tensor))
  const scales = config.anchorMask.map((_, l) => scaleBeside(config, feeds, expected, l))
  const loss = expected.get('loss')
  return { outputs, scales, uncompared, ...(loss && { loss: sumOf(numbersIn(loss.tensor)) }) }
}

const sumOf = (values: Float64Array): number => values.reduce((sum, x) => sum + x, 0)

interface Met {
  readonly expectation: Expectation
  readonly tensor: AnyTensor
}

function expectations(answers: Answers, got: Outputs, provider: Provider): ReadonlyMap<string, Met> {
  const source = referenceSource(answers, { provider })
  const plain = [...got].flatMap(([name, tensor]) => {
    const expectation = source.of(name, tensor.dtype)
    return expectation && String(expectation.tensor.shape) === String(tensor.shape)
      ? [{ name, expectation, tensor }]
      : []
  })
  const doubtful = plain.some(({ name, ...met }) => hangsOnMasks(name) && differingIn(met).length > 0)
  const cells = doubtful ? undecidedCells(answers, providers[provider]) : []
  const excuse = cells.length > 0 ? excuseOf(answers, cells, source.held, got) : undefined
  return new Map(
    plain.map(({ name, expectation, tensor }) => [name, { expectation: excused(expectation, name, excuse), tensor }]),
  )
}

/** What is expected, without the rows of gradients of which no number can be asked, and how many those are. */
function settled(all: ReadonlyMap<string, Met>, config: LossConfig, feeds: Feeds) {
  const expected = new Map(all)
  let uncompared = 0
  for (const [l, sizes] of (asked(config, feeds)?.sizes ?? []).entries()) {
    const [name, logits] = [ofScale('grad_y_pred', l), feeds[ofScale('y_pred', l)]]
    const met = all.get(name)
    if (!met || !logits) continue
    const { rows, exempt } = unsettledRows({ ...met.expectation, got: met.tensor, logits, sizes }, config)
    if (rows > 0) expected.set(name, { ...met, expectation: { ...met.expectation, exempt } })
    uncompared += rows
  }
  return { expected, uncompared }
}

/** Places of the elements that are beyond their tolerance. */
function differingIn({ expectation: { tensor: expected, tolerance, ...rest }, tensor }: Met): number[] {
  const options = { ...tolerance, ...rest, allowBothNan: rest.mayBeNan ?? false }
  return Array.from({ length: tensor.data.length }, (_, i) => i).filter((i) => !passes(expected, tensor, i, options))
}

function outputBeside(name: string, expectation: Expectation, tensor: AnyTensor): BesideOutput {
  const [graph, reference] = [tensor, expectation.tensor].map((t) => (i: number) => Number(elementAt(t, i))) as [
    (i: number) => number,
    (i: number) => number,
  ]
  const differing = differingIn({ expectation, tensor })
  const error = (i: number) => {
    const off = Math.abs(graph(i) - reference(i))
    return Number.isNaN(off) ? Number.POSITIVE_INFINITY : off
  }
  let worst = differing[0] ?? 0
  for (let i = 0; i < tensor.data.length; i++)
    if (differing.length === 0 && error(i) > error(worst) && Number.isFinite(error(i))) worst = i
  for (const i of differing) if (error(i) > error(worst)) worst = i
  return { name, graph: graph(worst), reference: reference(worst), differing: differing.length, of: tensor.data.length }
}

function scaleBeside(config: LossConfig, feeds: Feeds, expected: ReadonlyMap<string, Met>, l: number): BesideScale {
  const [mask, gradient] = [expected.get(ofScale('ignore_mask', l)), expected.get(ofScale('grad_y_pred', l))]
  const sizes = asked(config, feeds)?.sizes[l]
  const rows = new Set(mask ? differingIn(mask) : [])
  if (!gradient || !sizes) return { differs: ascending(rows), ...(mask && { ignoreMask: numbersIn(mask.tensor) }) }
  const layout = layouts[config.layout]
  const flags = new Float32Array(gradient.tensor.data.length)
  for (const i of differingIn(gradient)) flags[i] = 1
  for (const [i, flag] of toLabelOrder(flags, layout, sizes).entries()) if (flag) rows.add(Math.floor(i / sizes.d))
  const values = toLabelOrder(numbersIn(gradient.tensor), layout, sizes)
  return { differs: ascending(rows), gradient: values, ...(mask && { ignoreMask: numbersIn(mask.tensor) }) }
}

const ascending = (rows: ReadonlySet<number>): Uint32Array => Uint32Array.from(rows).sort()

const numbersIn = (tensor: AnyTensor): Float64Array =>
  Float64Array.from({ length: tensor.data.length }, (_, i) => Number(elementAt(tensor, i)))
