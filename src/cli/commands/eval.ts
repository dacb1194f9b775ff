import type { Command } from 'commander'
import { type AnyTensor, exitCodes, printable, readBytes } from '../../io/index.js'
import type { Note } from '../../notes/index.js'
import { type ModelInfo, readModel } from '../../onnx/index.js'
import { runOnce } from '../../runtime/index.js'
import {
  batchesOf,
  configKey,
  type DataOptions,
  elementAt,
  lossConfigOf,
  type Progress,
  readData,
  type Scalar,
} from '../../verify/index.js'
import { isUsual, type LossConfig } from '../../yolo/index.js'
import { labelsFrom } from '../data/annotated.js'
import { boxesExplain, boxFindings, boxSentences, refusedSentence, withoutLabels } from '../data/boxoddities.js'
import { dataNotes, graphNotes } from '../data/datanotes.js'
import { refuseEmpty } from '../data/empty.js'
import { interpretationOf, oddities, sentences } from '../data/explanation.js'
import { refuseOtherGrids } from '../data/labelgrids.js'
import { printLoss, spelled } from '../data/printloss.js'
import { annotated, refuseIdle, whatAnnotationsAre } from '../groups/annotations.js'
import { reading, readingOf, whatDataAre } from '../groups/data.js'
import { addFlags, flagsOf, grouped, type ValuesOf } from '../groups/flag.js'
import { examples } from '../groups/help.js'
import { jsonReport } from '../groups/report.js'
import { json, limits, oneProvider, placeOf } from '../groups/run.js'
import type { Shell } from '../shell.js'

const flags = flagsOf(
  ...reading,
  ...annotated,
  ...grouped('Running', oneProvider, ...limits('for each run', 'for the process that runs it')),
  ...grouped('Reporting', json('the text')),
)

type EvalFlags = ValuesOf<typeof flags>

const details = `${whatDataAre}${whatAnnotationsAre}
Files that hold the same arrays are batches of their own: each is run, and named in the report, and annotations are dealt
out to them in their order.

Prints what keras-yolo3 prints with print_loss, every small output of the graph, and, when the loss is NaN or
infinite, which label or logit made it so. Exit code 1 when the loss is not finite, or the targets of a box are refused.
${examples(
  'eval loss.onnx batch.npz',
  'eval loss.onnx predictions.npz labels.npz --json',
  'eval loss.onnx batch0.npz batch1.npz --annotations train.txt',
)}`

/** Adds `yolo-loss eval`. */
export function addEval(program: Command, shell: Shell): void {
  const command = program
    .command('eval <graph> [data...]')
    .description('Run a graph on arrays, print its loss and what it consists of, and explain a NaN.')
    .addHelpText('after', details)
  addFlags(command, flags).action(async (file: string, paths: string[], given: EvalFlags) => {
    refuseIdle(given)
    const model = await readBytes(file)
    const graph = { file, model, info: readModel(model, file) }
    const config = lossConfigOf(graph.info.metadata)
    shell.tell(graphNotes(file, config))
    const batches = await batchesOf(paths, graph.info, readingOf(given))
    const made = labelsFrom(given, config, graph.info, {
      tell: (notes) => shell.tell(notes),
      batches: batches.length,
    })
    const [all, progress]: [Evaluated[], Progress] = [[], shell.progress()]
    for (const [i, own] of batches.entries()) {
      const one = await evaluated(graph, own, { ...given, made }).finally(() => progress.end())
      shell.tell(one.notes)
      if (!given.json) process.stdout.write(inWords(one, i, batches.length))
      all.push(one)
      if (batches.length > 1) progress.step(all.length, batches.length, 'files')
    }
    progress.end()
    const [only] = all
    if (given.json)
      process.stdout.write(
        jsonReport({ ...(all.length === 1 && only ? only.report : { files: all.map(reportOf) }), notes: shell.notes }),
      )
    else if (all.length > 1) process.stdout.write(`\n${summary(all)}\n`)
    if (all.some(({ isOdd }) => isOdd)) shell.finish(exitCodes.mismatch)
  })
}

/** What came of one batch. Its arrays are not kept: there may be many. */
interface Evaluated {
  readonly name: string
  /** Absent where the graph has none. */
  readonly loss: number | undefined
  readonly lines: readonly string[]
  readonly report: object
  readonly isOdd: boolean
  readonly notes: readonly Note[]
}

interface LossGraph {
  readonly file: string
  readonly model: Uint8Array
  readonly info: ModelInfo
}

async function evaluated(
  { file, model, info }: LossGraph,
  paths: readonly string[],
  given: EvalFlags & Pick<DataOptions, 'made'>,
): Promise<Evaluated> {
  const config = lossConfigOf(info.metadata)
  const data = await readData(paths, info, { ...readingOf(given), made: given.made })
  refuseEmpty(data)
  refuseOtherGrids(data, config, paths.join(', '))
  const notes = dataNotes(data, config)
  const { outputs } = await runOnce(placeOf(given), { file, model, feeds: Object.fromEntries(data.inputs) })
  const loss = lossOf(outputs)
  const isTold = (kind: string) => notes.some(({ code }) => code === said[kind])
  const { findings, why } = explained(loss, { inputs: data.inputs, outputs }, info, config, isTold)
  const refused = config?.graph === 'targets' && Number(outputs.get('boxes_refused')?.data[0]) > 0
  return {
    name: paths.join(' '),
    loss: outputs.has('loss') ? loss : undefined,
    lines: [...printLoss(outputs, config), ...smallOutputs(outputs), ...floorNote(outputs), ...why],
    report: toReport(outputs, findings, why),
    notes,
    isOdd: (outputs.has('loss') && !Number.isFinite(loss)) || refused,
  }
}

/** A batch in words, below its name where there are several. */
function inWords({ name, lines }: Evaluated, i: number, of: number): string {
  const title = of === 1 ? '' : `${i === 0 ? '' : '\n'}${printable(name)}:\n`
  return `${title}${lines.join('\n')}\n`
}

const reportOf = ({ name, report }: Evaluated): object => ({ file: name, ...report })

/** `2 files: loss 12.5 to 13.75, mean 13.125`. */
function summary(all: readonly Evaluated[]): string {
  const losses = all.flatMap(({ loss }) => loss ?? [])
  if (losses.length === 0) return `${all.length} files`
  const mean = losses.reduce((sum, loss) => sum + loss, 0) / losses.length
  const [least, most] = [Math.min(...losses), Math.max(...losses)]
  return `${all.length} files: loss ${spelled(least)} to ${spelled(most)}, mean ${spelled(mean)}`
}

type Named = ReadonlyMap<string, AnyTensor>

/** Notes that say already why a kind of oddity is there. */
const said: Readonly<Record<string, string>> = { 'outside-cell': 'labels-in-pixels' }

/** What is odd in the inputs, and sentences that say so. @param isTold kinds that a note tells better */
function explained(
  loss: number,
  { inputs, outputs }: { readonly inputs: Named; readonly outputs: Named },
  info: ModelInfo,
  config: LossConfig | undefined,
  isTold: (kind: string) => boolean,
): { readonly findings: readonly unknown[]; readonly why: readonly string[] } {
  const how = interpretationOf(configOf(info))
  if (config && !isUsual(config)) {
    const isOdd = ({ kind }: { readonly kind: string }) => kind.startsWith('non-finite')
    const findings = oddities(config.labels === 'dense' ? inputs : withoutLabels(inputs, config), how).filter(isOdd)
    return { findings, why: sentences(loss, findings, how) }
  }
  if (!config || config.labels === 'dense') {
    const findings = oddities(inputs, how).filter(({ kind }) => !isTold(kind))
    return { findings, why: sentences(loss, findings, how) }
  }
  const logits = config.graph === 'loss' ? oddities(withoutLabels(inputs, config), how) : []
  const boxes = boxFindings(inputs, config)
  const told = boxSentences(loss, boxes, config)
  const isExplained = boxesExplain(boxes, config)
  const refused = isExplained ? undefined : refusedSentence(loss, inputs, outputs, config)
  const others = (isExplained || refused) && logits.length === 0 ? [] : sentences(loss, logits, how)
  return { findings: [...boxes, ...logits], why: [...(refused ? [refused] : []), ...told, ...others] }
}

/** What a model says it was made with; nothing when it says nothing readable. */
function configOf({ metadata }: ModelInfo): Readonly<Record<string, unknown>> {
  try {
    const config: unknown = JSON.parse(metadata.get(configKey) ?? '{}')
    return typeof config === 'object' && config !== null ? (config as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

/** The sum over a loss of any rank: not finite if any image's is not. */
function lossOf(outputs: ReadonlyMap<string, AnyTensor>): number {
  const loss = outputs.get('loss')
  return loss ? numbersOf(loss).reduce<number>((sum, x) => sum + Number(x), 0) : 0
}

/** Longer outputs are maps, which nobody wants on a terminal. */
const longestShown = 64

const numbersOf = (t: AnyTensor): Scalar[] => Array.from({ length: t.data.length }, (_, i) => elementAt(t, i))

function smallOutputs(outputs: ReadonlyMap<string, AnyTensor>): string[] {
  return [...outputs].flatMap(([name, tensor]) => {
    if (tensor.shape.length > 1 || tensor.data.length > longestShown) return []
    const values = numbersOf(tensor).map(spelled)
    return [`${printable(name)} = ${tensor.shape.length === 0 ? values[0] : `[${values.join(', ')}]`}`]
  })
}

/** Why a loss does not go to 0: soft labels leave their entropy. */
function floorNote(outputs: ReadonlyMap<string, AnyTensor>): string[] {
  const [floor, excess] = ['entropy_floor', 'excess'].map((name) => {
    const tensor = outputs.get(name)
    return tensor?.data.length === 1 ? Number(tensor.data[0]) : Number.NaN
  }) as [number, number]
  if (!Number.isFinite(floor) || !Number.isFinite(excess)) return []
  return [
    `no prediction can bring this loss below ${spelled(floor)}, the entropy of its labels; ${spelled(excess)} is left to learn`,
  ]
}

/** JSON has no word for NaN and infinities, and int64 would lose digits: they become strings. */
function toReport(outputs: ReadonlyMap<string, AnyTensor>, findings: unknown, explanation: readonly string[]): object {
  const small = [...outputs].filter(([, t]) => t.data.length <= longestShown)
  const value = (t: AnyTensor) => {
    const values = numbersOf(t).map((x) => (typeof x === 'number' && Number.isFinite(x) ? x : String(x)))
    return t.shape.length === 0 ? values[0] : values
  }
  const entries = small.map(([name, t]) => [name, value(t)] as const)
  return { outputs: Object.fromEntries(entries), findings, explanation }
}
