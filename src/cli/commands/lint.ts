import type { Command } from 'commander'
import { exitCodes, readBytes } from '../../io/index.js'
import { type LintReport, lintGraph, targets } from '../../lint/index.js'
import { ConfigError } from '../../yolo/index.js'
import { causes, headline } from '../data/findings.js'
import { endable } from '../endable.js'
import { addFlags, flag, flagsOf, parted, type ValuesOf } from '../groups/flag.js'
import { examples } from '../groups/help.js'
import { json } from '../groups/run.js'
import { trainingLintFlags } from '../groups/traininglint.js'
import type { Shell } from '../shell.js'
import { lintForTraining, rulesOfTraining } from './linttraining.js'

const own = flagsOf(
  flag('--for <target>', 'what the graph is meant for', { choices: [...targets, 'training'], required: true }),
  json(),
)

const details = `
For training (attach --train) the graph is a detector: what a step could not derive, what is trained and what stays as it
is, and about how much memory a step takes.
${examples('lint loss.onnx --for tensorrt', 'lint loss.onnx --for ort-training --json', 'lint detector.onnx --for training --batch 8', 'lint --for training --rules')}`

/** Adds `yolo-loss lint`. */
export function addLint(program: Command, shell: Shell): void {
  const command = program
    .command('lint [graph.onnx]')
    .description('Name what a target cannot run, or a training step not differentiate, and the option that avoids it.')
    .addHelpText('after', details)
  const flags = addFlags(addFlags(command, own), trainingLintFlags)
  flags.action(async (file: string | undefined, given: ValuesOf<typeof own>) => {
    const [{ rules, ...about }] = parted(given, trainingLintFlags)
    const [idle] = given.for === 'training' ? [] : Object.keys({ ...about, ...(rules && { rules }) })
    if (idle) throw new ConfigError(idle, 'is about training: add --for training')
    if (rules && file !== undefined)
      throw new ConfigError('rules', 'prints a table, for which no graph is read: leave it out')
    if (rules) return void process.stdout.write(rulesOfTraining(given.json))
    if (file === undefined)
      return command.error("error: missing required argument 'graph.onnx'", { code: 'commander.missingArgument' })
    const bytes = await readBytes(file)
    const { text, findings, notes } =
      given.for === 'training'
        ? lintForTraining(bytes, file, about, given.json)
        : lintFor(bytes, file, given.for, given.json)
    shell.tell(notes)
    process.stdout.write(`${text}\n`)
    shell.finish(findings.length > 0 ? exitCodes.mismatch : exitCodes.ok)
  })
}

function lintFor(bytes: Uint8Array, file: string, target: LintReport['target'], json = false) {
  const report = endable(() => lintGraph(bytes, target, file))
  const text = json ? JSON.stringify({ schemaVersion: 1, file, ...report }) : render(file, report)
  return { text, findings: report.findings, notes: [] }
}

function render(file: string, { target, version, source, findings }: LintReport): string {
  return [headline(file, `${target} (${version})`, findings), ...causes(findings), `  table: ${source}`].join('\n')
}
