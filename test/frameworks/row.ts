import { type Complaint, failuresOf } from './blame.js'
import type { Verdict } from './judge.js'
import type { Diet, Mode, Runtime } from './records.js'
import type { Row, Status } from './results.js'

/** What came of a case. */
export interface Outcome {
  readonly name: string
  readonly outcome: Verdict | Complaint
}

function statusOf(cases: number, passed: number, wrong: number): Status {
  if (wrong > 0) return 'WRONG'
  if (passed === cases) return 'green'
  return passed > 0 ? 'part' : 'red'
}

/** The largest, to two digits; null where there is none, or where it is infinite. */
function largest(numbers: readonly number[]): number | null {
  const most = Math.max(...numbers)
  return Number.isFinite(most) ? Number(most.toPrecision(2)) : null
}

const wrongText = ({ output, measure }: Verdict): string =>
  Number.isFinite(measure)
    ? `${output}, ${measure.toPrecision(2)} times what is allowed`
    : `${output} is not what it must be exactly`

/** The row of one kind of graph in one mode, from what came of its cases. */
export function rowFrom(
  { name, title, engine, known }: Runtime,
  { diet: { form, target, opset }, mode }: { diet: Diet; mode: Mode },
  outcomes: readonly Outcome[],
  told: Pick<Row, 'version' | 'date'>,
): Row {
  const verdicts = outcomes.flatMap(({ name, outcome }) => ('passed' in outcome ? [{ name, verdict: outcome }] : []))
  const complaints = outcomes.flatMap(({ outcome }) => ('error' in outcome ? [outcome] : []))
  const wrong = verdicts.filter(({ verdict }) => !verdict.passed)
  const passed = verdicts.length - wrong.length
  return {
    runtime: name,
    title,
    engine,
    version: told.version,
    form,
    ...(target === undefined ? {} : { target }),
    ...(opset === undefined ? {} : { opset }),
    mode,
    status: statusOf(outcomes.length, passed, wrong.length),
    cases: outcomes.length,
    passed,
    lossError: largest(verdicts.map(({ verdict }) => verdict.lossError)),
    measure: largest(verdicts.map(({ verdict }) => verdict.measure)),
    wrong: wrong.map(({ name, verdict }) => `${name}: ${wrongText(verdict)}`),
    failures: failuresOf(complaints, known),
    date: told.date,
  }
}
