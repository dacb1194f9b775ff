import { join } from 'node:path'
import { type AnyTensor, type ElementType, quoted } from '../../io/index.js'
import { type Provider, providers } from '../../runtime/index.js'
import { tensorOf } from '../answers/answer.js'
import { type Answers, relative16 } from '../answers/answers.js'
import type { TestCase } from '../cases/testcase.js'
import { type Asked, type Tolerance, type Tolerances, toleranceOf } from '../cases/tolerance.js'
import { type Exempted, exemptIn, readExempted, widened } from '../threshold/exempt.js'

/** What one output is held against. */
export interface Expectation {
  readonly tensor: AnyTensor
  readonly tolerance: Tolerance
  /** By element, what is granted beyond the tolerance. */
  readonly slack?: Float64Array | undefined
  /** Non-zero for each element that is not to be compared. */
  readonly exempt?: Uint8Array | undefined
  /** Whether NaN is a value like any other: the reference gives it where the loss is none. */
  readonly mayBeNan?: boolean | undefined
}

/** Where expected outputs come from: a case, the reference, another graph. */
export interface Source {
  /** What rows are told to be compared with; nothing for a case and the reference. */
  readonly label?: string
  /** Tensors that it holds, by output. */
  readonly held: ReadonlyMap<string, AnyTensor>
  readonly of: (output: string, dtype: ElementType) => Expectation | undefined
}

/** What bears on every tolerance. */
interface Wish {
  readonly provider: Provider
  readonly asked?: Asked | undefined
}

/** The outputs that a case holds. @throws InputError when the margin in its `case.json` is malformed */
export function heldSource(test: TestCase, held: ReadonlyMap<string, AnyTensor>, { provider, asked }: Wish): Source {
  const exempted: Exempted = readExempted(test.info.margin, join(test.dir, 'case.json'))
  return {
    held,
    of: (output) => {
      const tensor = held.get(output)
      if (!tensor) return undefined
      const tolerance = widened(exempted, output, toleranceOf(test.tolerances, output, tensor.dtype, provider, asked))
      return { tensor, tolerance, exempt: exemptIn(exempted, output, tensor) }
    },
  }
}

const told = 'float64 reference'

/** The tolerance of an answer: what the oracle grants, as widely as the provider rounds, unless a person asks for another. */
function answerTolerance(answers: Answers, output: string, dtype: ElementType, { provider, asked }: Wish) {
  const answer = answers.of(output)
  if (!answer) return undefined
  const exact = answer.slack === undefined
  const rtol = exact ? 0 : dtype === 'float16' ? relative16 : answers.relative
  const scalar = answer.slack?.length === 1 ? (answer.slack[0] as number) : 0
  const base: Tolerances = { standard: { rtol, atol: scalar, source: told }, outputs: new Map() }
  const tolerance = toleranceOf(base, output, dtype, provider, asked)
  const times = providers[provider].rounding
  const isAsked = (asked?.atol ?? []).some((wish) => wish.output === undefined || wish.output === output)
  const slack = exact || isAsked || scalar > 0 ? undefined : answer.slack?.map((x) => times * x)
  return { answer, tolerance, slack }
}

/** What the oracle computes for the inputs of a run. */
export const referenceSource = (answers: Answers, wish: Wish): Source => ({
  held: new Map(),
  of: (output, dtype) => {
    const found = answerTolerance(answers, output, dtype, wish)
    const tensor = found && tensorOf(found.answer, dtype)
    if (!tensor) return undefined
    return { tensor, tolerance: found.tolerance, slack: found.slack, mayBeNan: true }
  },
})

/** The outputs of another graph, or of a run of it, with the tolerances that the reference would have. */
export function otherSource(
  label: string,
  held: ReadonlyMap<string, AnyTensor>,
  answers: Answers | undefined,
  wish: Wish,
): Source {
  return {
    label,
    held,
    of: (output, dtype) => {
      const tensor = held.get(output)
      if (!tensor) return undefined
      const found = answers && answerTolerance(answers, output, dtype, wish)
      const usual = toleranceOf({ standard: undefined, outputs: new Map() }, output, dtype, wish.provider, wish.asked)
      const { tolerance, slack } = found ?? { tolerance: usual, slack: undefined }
      return {
        tensor,
        tolerance: { ...tolerance, source: `${tolerance.source}, against ${quoted(label)}` },
        slack,
        mayBeNan: found !== undefined,
      }
    },
  }
}
