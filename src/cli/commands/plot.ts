import type { Command } from 'commander'
import { readLog, type Settings, told } from '../../fit/index.js'
import { printable, writeAtomic } from '../../io/index.js'
import { axes, curveSvg, curveText, History, type Summary, summaryOf } from '../../view/index.js'
import { ConfigError } from '../../yolo/index.js'
import { tellOf } from '../data/formats/tell.js'
import { addFlags, flag, flagsOf, grouped, type ValuesOf } from '../groups/flag.js'
import { examples } from '../groups/help.js'
import { refuseOverwriting } from '../groups/overwriting.js'
import { jsonReport, stdoutTaken } from '../groups/report.js'
import { json } from '../groups/run.js'
import { paperOf } from '../paper.js'
import type { Shell } from '../shell.js'

const flags = flagsOf(
  ...grouped('Drawing', flag('--by <axis>', 'what the curves run along', { choices: axes, default: 'step' })),
  ...grouped(
    'Writing',
    flag('-o, --output <file>', 'where to, an .svg; - for stdout (default: text, on the terminal)'),
    json('the curves in text'),
  ),
)

type PlotFlags = ValuesOf<typeof flags>

const details = `
LOG is what fit keeps beside its output, FILE.jsonl, of a training that goes on or one that has ended; a last line that is
not finished is left out. OTHER is drawn over it, with a pattern and a letter of its own. The drawing has loss, floor and
validation, the excess over the floor, the learning rate and every term; an axis has equal factors where numbers fall far,
and says so. It is light or dark as the reader's screen is, and tells in words what it shows.
${examples(
  'plot trained.jsonl',
  'plot trained.jsonl -o curve.svg',
  'plot first.jsonl second.jsonl --by epoch -o both.svg',
)}`

/** Adds `yolo-loss plot`. */
export function addPlot(program: Command, shell: Shell): void {
  const command = program
    .command('plot <log> [other]')
    .description('Draw the curves of a training, or of two, from the logs of fit.')
    .addHelpText('after', details)
  addFlags(command, flags).action(async (log: string, other: string | undefined, given: PlotFlags) => {
    const files = other === undefined ? [log] : [log, other]
    checkOutput(given, files)
    const runs = []
    for (const file of files) runs.push(await readRun(file, shell))
    const histories = runs.map(({ history }) => history)
    if (given.output !== undefined) await write(given.output, curveSvg(histories, given.by), shell)
    if (given.json)
      process.stdout.write(
        jsonReport({
          ...(given.output !== undefined && { file: given.output }),
          runs: runs.map(reportOf),
          notes: shell.notes,
        }),
      )
    else if (given.output === undefined) process.stdout.write(curveText(histories, paperOf(process.stdout), given.by))
  })
}

/** @throws ConfigError for an output that takes the place of a log, or whose name is that of another kind */
function checkOutput({ output, json }: PlotFlags, logs: readonly string[]): void {
  if (output === '-' && json) throw stdoutTaken('--json')
  refuseOverwriting({ output }, { 'a log': logs })
  if (output !== undefined && output !== '-' && !/\.svg$/i.test(output))
    throw new ConfigError('output', `is ${printable(output)}: a drawing is an SVG, name FILE.svg`)
}

/** A training, with what it was told to be. */
interface Run {
  readonly history: History
  readonly settings: Settings | undefined
}

async function readRun(file: string, shell: Shell): Promise<Run> {
  const progress = shell.progress()
  const history = new History(file)
  const settings = await readLog(file, (line) => history.add(line), tellOf(file, { progress })).finally(() => progress.end()) // biome-ignore format: one line
  return { history, settings }
}

async function write(output: string, svg: string, shell: Shell): Promise<void> {
  if (output === '-') {
    process.stdout.write(svg)
    return
  }
  await writeAtomic(output, svg)
  shell.note(`wrote ${printable(output)} (${Buffer.byteLength(svg)} bytes)`)
}

/** A training, for programs; JSON has no word for some numbers. */
function reportOf({ history, settings }: Run): object {
  const summary = (found: Summary | undefined) =>
    found && Object.fromEntries(Object.entries(found).map(([name, x]) => [name, told(x)]))
  const own = ['loss', 'floor', 'excess', 'rate', 'validation'].map((name) => [name, summary(summaryOf(history.spans(name)))]) // biome-ignore format: one line
  const terms = history.terms.map((term) => [term, summary(summaryOf(history.spansOf(term)))])
  const { name, steps, seconds, last } = history
  return { log: name, steps, step: last?.step, epoch: last?.epoch, seconds, settings, ...Object.fromEntries(own), terms: Object.fromEntries(terms) } // biome-ignore format: one line
}
