import type { AnyTensor } from '../../io/index.js'
import { type Feeds, providers } from '../../runtime/index.js'
import type { Answers } from '../answers/answers.js'
import type { TestCase } from '../cases/testcase.js'
import { type Excuse, excuseOf, hangsOnMasks } from '../threshold/excuse.js'
import { type MaskCell, type NearCell, undecidedCells } from '../threshold/undecided.js'
import type { VerifyOptions } from './options.js'
import { absentRows, failedRow, type Judge, outputProblem, rowsAgainst, uncomparedRow } from './outputrows.js'
import type { OutputRow } from './result.js'
import { heldSource, otherSource, referenceSource, type Source } from './sources.js'

/** A data set with its tensors bound to the names of the graph. */
export interface BoundSet {
  readonly name: string
  readonly feeds: Feeds
  /** Expected outputs that it holds. */
  readonly held: ReadonlyMap<string, AnyTensor>
}

/** What decides how a data set is judged. */
interface Court {
  readonly test: TestCase
  readonly judge: Judge
  readonly options: VerifyOptions
}

type Outputs = ReadonlyMap<string, AnyTensor>

/** The reference, for what the case does not hold. */
function withoutHeld(reference: Source, held: Outputs): Source {
  return { ...reference, of: (output, dtype) => (held.has(output) ? undefined : reference.of(output, dtype)) }
}

/** Whether a row fails for what cells at the threshold may explain. */
const isDoubtful = ({ verdict, output }: OutputRow): boolean => verdict === 'FAIL' && hangsOnMasks(output)

/** Judges one source at a time; cells at the threshold are looked for only where something differs. */
class SetJudge {
  readonly near: NearCell[] = []
  #cells: readonly MaskCell[] | undefined

  constructor(
    readonly court: Court,
    readonly set: BoundSet,
    readonly got: Outputs,
    readonly answers: Answers | undefined,
  ) {}

  rows(source: Source): OutputRow[] {
    const { judge, options } = this.court
    const rows = rowsAgainst(this.set.name, source, this.got, judge)
    if (options.strictThreshold || !rows.some(isDoubtful)) return rows
    const excuse = this.#excuse(source.held)
    return excuse ? rowsAgainst(this.set.name, source, this.got, judge, excuse) : rows
  }

  #excuse(held: Outputs): Excuse | undefined {
    if (!this.answers) return undefined
    this.#cells ??= undecidedCells(this.answers, providers[this.court.judge.provider])
    if (this.#cells.length === 0) return undefined
    const excuse = excuseOf(this.answers, this.#cells, held, this.got)
    if (this.near.length === 0) this.near.push(...excuse.cells)
    return excuse
  }
}

/** One row for each output and source; none is passed over in silence. */
export function judgedRows(
  court: Court,
  set: BoundSet,
  got: Outputs,
  answers: Answers | undefined,
  others: readonly { readonly label: string; readonly outputs: Outputs }[],
): { readonly rows: OutputRow[]; readonly near: readonly NearCell[] } {
  const { test, judge, options } = court
  const wish = { provider: judge.provider, asked: options.asked }
  const judging = new SetJudge(court, set, got, answers)
  const reference =
    answers && options.reference !== false ? [withoutHeld(referenceSource(answers, wish), set.held)] : []
  const held = [heldSource(test, set.held, wish), ...reference].flatMap((source) => judging.rows(source))
  const beside = others.flatMap(({ label, outputs }) => judging.rows(otherSource(label, outputs, answers, wish)))
  const compared = new Set([...held, ...beside].map(({ output }) => output))
  const rest = [...got.keys()].filter((output) => !compared.has(output))
  const missed = rest.map((output) =>
    options.absent === 'skip'
      ? uncomparedRow(set.name, output, judge.provider)
      : failedRow(set.name, output, judge.provider, outputProblem('the case holds no value for this output')),
  )
  const order = [...got.keys()]
  const inOrder = held.toSorted((a, b) => order.indexOf(a.output) - order.indexOf(b.output))
  return {
    rows: [...inOrder, ...beside, ...missed, ...absentRows(set.name, set.held.keys(), got, judge.provider)],
    near: judging.near,
  }
}
