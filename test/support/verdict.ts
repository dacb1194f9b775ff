import { type AnyTensor, sizeOf } from '../../src/io/index.js'
import type { Model } from '../../src/onnx/graph/model.js'
import { encodeModel } from '../../src/onnx/proto/encode.js'
import { readModel } from '../../src/onnx/proto/read.js'
import type { Feeds } from '../../src/runtime/feeds.js'
import { type Optimization, openSession, type Session } from '../../src/runtime/session.js'
import { Answers } from '../../src/verify/answers/answers.js'
import { inputCase } from '../../src/verify/cases/generate/case.js'
import { generatedCases } from '../../src/verify/cases/generate/generate.js'
import type { TestCase } from '../../src/verify/cases/testcase.js'
import type { OutputRow } from '../../src/verify/judge/result.js'
import { judgedRows } from '../../src/verify/judge/setrows.js'
import { undecidedCells } from '../../src/verify/threshold/undecided.js'
import type { LossConfig } from '../../src/yolo/config/config.js'

type Outputs = ReadonlyMap<string, AnyTensor>

/** A generated case with all that is the same for every graph that is run on it. */
interface Bench {
  readonly test: TestCase
  readonly feeds: Feeds
  readonly answers: Answers
  /** Whether no cell lies at the threshold: then each output is judged by itself. */
  readonly decided: boolean
  /** What the right graph gives, which passed. */
  readonly right: Outputs
}

/** Why a graph does not pass; undefined where it does. */
export type Verdict = string | undefined

const options = { absent: 'skip' } as const

function rowsOf({ test, feeds, answers }: Omit<Bench, 'right' | 'decided'>, got: Outputs): OutputRow[] {
  const court = { test, judge: { provider: 'cpu', config: undefined }, options } as const
  return judgedRows(court, { name: test.name, feeds, held: new Map() }, got, answers, []).rows
}

function isSame(a: AnyTensor | undefined, b: AnyTensor): boolean {
  if (a?.dtype !== b.dtype || a.shape.join() !== b.shape.join()) return false
  for (let i = 0; i < b.data.length; i++) if (!Object.is(a.data[i], b.data[i])) return false
  return true
}

const failing = (rows: readonly OutputRow[]): string | undefined => rows.find((row) => row.verdict !== 'PASS')?.output

/** What `verify` says of graphs that should compute the loss of a configuration, in this process and as soon as it knows. */
export class Verifier {
  private constructor(
    readonly benches: readonly Bench[],
    readonly optimization: Optimization,
  ) {}

  /** Makes the cases of a graph that is right. @throws Error where it does not pass */
  static async of(model: Model, config: LossConfig, optimization: Optimization = 'disabled'): Promise<Verifier> {
    const bytes = encodeModel(model)
    const session = await openSession(bytes, { optimization, threads: 1 })
    const benches: Bench[] = []
    for (const { make } of generatedCases(readModel(bytes, 'model'), config))
      benches.push(await benchOf(inputCase([make()], config), config, session))
    await session.release()
    return new Verifier(benches, optimization)
  }

  /** Whether a graph passes all cases; the first row that fails decides. */
  async judge(bytes: Uint8Array): Promise<Verdict> {
    const session = await openSession(bytes, { optimization: this.optimization, threads: 1 }).catch(() => undefined)
    if (!session) return 'cannot be loaded'
    try {
      for (const bench of this.benches) {
        const failed = await failedOn(bench, session)
        if (failed !== undefined) return `${bench.test.name}: ${failed}`
      }
      return undefined
    } finally {
      await session.release()
    }
  }
}

async function benchOf(test: TestCase, config: LossConfig, session: Session): Promise<Bench> {
  const feeds = Object.fromEntries(test.dataSets[0]?.inputs.map(({ name, tensor }) => [name, tensor]) ?? [])
  const answers = Answers.of(config, feeds, { ieee: config.divisionFree !== true })
  if (!answers) throw new Error(`${test.name} is no case of the configuration`)
  const { outputs: right } = await session.runAny(feeds)
  const failed = failing(rowsOf({ test, feeds, answers }, right))
  if (failed !== undefined) throw new Error(`the right graph fails ${test.name}: ${failed}`)
  return { test, feeds, answers, right, decided: undecidedCells(answers, { rounding: 1 }).length === 0 }
}

/** The first output that fails; what is as in the right graph passes without being compared again. */
async function failedOn(bench: Bench, session: Session): Promise<string | undefined> {
  const found = await session.runAny(bench.feeds).catch(() => undefined)
  if (!found) return 'cannot be run'
  const { outputs, unread } = found
  if (unread.size > 0 || outputs.size < bench.right.size) return 'outputs are missing'
  const other = [...outputs].filter(([name, tensor]) => !isSame(bench.right.get(name), tensor))
  if (other.length === 0) return undefined
  if (!bench.decided) return failing(rowsOf(bench, outputs))
  const bySize = other.toSorted(([, a], [, b]) => sizeOf(a.shape) - sizeOf(b.shape))
  for (const [name, tensor] of bySize) {
    const failed = failing(rowsOf(bench, new Map([[name, tensor]])))
    if (failed !== undefined) return failed
  }
  return undefined
}
