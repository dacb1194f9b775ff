import { join } from 'node:path'
import type { Tensor } from '../../../src/io/index.js'
import {
  Evaluator,
  type Identification,
  identify,
  type Observed,
  spelledSpec,
  subjectOf,
} from '../../../src/reference/semantics/index.js'
import type { Batch } from './batches.js'
import type { Verdict } from './judge.js'
import type { Program } from './programs/program.js'
import { arraysIn, type Run } from './results.js'

/** The batches that tell most, the first that a program takes. */
const telling = ['probe-odd-masks', 'probe']

/** What a program returned without options, by our names. */
function observedIn(arrays: ReadonlyMap<string, Tensor>, { ours }: Program, scales: number): Observed[] {
  return [...arrays].flatMap(([theirs, { shape, data }]) => {
    const [, stem = theirs, scale = ''] = /^(.*?)(_\d+)?$/.exec(theirs) ?? []
    const name = `${ours[stem] ?? ''}${scale}`
    const subject = Object.hasOwn(ours, stem) ? subjectOf(name, scales) : undefined
    return subject ? [{ name, subject, grid: { shape, data: Float64Array.from(data, Number) } }] : []
  })
}

/** The right profile must be named, for certain. */
function verdictOf({ profile }: Program, batch: string, { certain, fitting, nearest }: Identification): Verdict {
  const named = fitting.map(({ specs: [spec] }) => spec && spelledSpec(spec)).join(', or ')
  const passed = certain && fitting[0]?.specs[0]?.profile === profile
  const says =
    fitting.length > 0
      ? `${certain ? 'certainly' : 'perhaps'} ${named}`
      : `nothing; ${nearest.specs[0]?.profile} is nearest`
  return { passed, line: `${passed ? 'pass' : 'FAIL'}  identify, by ${batch}: ${says}` }
}

/** What `yolo-loss identify` says of what a program returned. */
export async function identified(program: Program, folder: string, run: Run, all: readonly Batch[]): Promise<Verdict> {
  const name = telling.find((own) => run.refused[own] === undefined)
  const batch = all.find((own) => own.name === name)
  if (!batch) return { passed: false, line: `FAIL  ${program.profile} takes none of ${telling.join(', ')}` }
  const { config, logits, boxes } = batch
  const observed = observedIn(await arraysIn(join(folder, program.profile), batch.name), program, logits.length)
  return verdictOf(program, batch.name, identify(new Evaluator({ ...config, logits, labels: boxes }), observed))
}
