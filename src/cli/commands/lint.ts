import type { Command } from 'commander'
import { escaped, exitCodes, readBytes } from '../../io/index.js'
import { type Finding, type LintReport, lintGraph, targets } from '../../lint/index.js'
import { groupBy } from '../../verify/index.js'
import { endable } from '../endable.js'
import { addFlags, flag, flagsOf, type ValuesOf } from '../groups/flag.js'
import { examples } from '../groups/help.js'
import { json } from '../groups/run.js'
import type { Shell } from '../shell.js'

const flags = flagsOf(
  flag('--for <target>', 'what the graph is meant for', { choices: targets, required: true }),
  json(),
)

/** Adds `yolo-loss lint`. */
export function addLint(program: Command, shell: Shell): void {
  const command = program
    .command('lint <graph.onnx>')
    .description('Name what a target cannot run, or ORT training not differentiate, and the option that avoids it.')
    .addHelpText('after', examples('lint loss.onnx --for tensorrt', 'lint loss.onnx --for ort-training --json'))
  addFlags(command, flags).action(async (file: string, given: ValuesOf<typeof flags>) => {
    const bytes = await readBytes(file)
    const report = endable(() => lintGraph(bytes, given.for, file))
    const text = given.json ? JSON.stringify({ schemaVersion: 1, file, ...report }) : render(file, report)
    process.stdout.write(`${text}\n`)
    shell.finish(report.findings.length > 0 ? exitCodes.mismatch : exitCodes.ok)
  })
}

/** Findings of one cause together; the first of its nodes stands for them. */
function render(file: string, { target, version, source, findings }: LintReport): string {
  const causes = groupBy(findings, ({ op, why }) => `${op}: ${why}`)
  const lines = [...causes].flatMap(([cause, [first, ...others]]) => {
    const { node, remedy } = first as Finding
    return [
      `  ${escaped(cause)}`,
      `    at ${escaped(node)}${others.length > 0 ? ` and ${others.length} more` : ''}`,
      `    hint: ${remedy}`,
    ]
  })
  const count = `${findings.length} ${findings.length === 1 ? 'node' : 'nodes'} in the way`
  const verdict = findings.length === 0 ? 'nothing in the way' : count
  return [`${escaped(file)} for ${target} (${version}): ${verdict}`, ...lines, `  table: ${source}`].join('\n')
}
