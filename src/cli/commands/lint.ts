import { type Command, Option } from 'commander'
import { exitCodes, readBytes } from '../../io/index.js'
import { type Finding, type LintReport, lintGraph, type Target, targets } from '../../lint/index.js'
import type { Finish } from '../finish.js'

/** Adds `yolo-loss lint`. */
export function addLint(program: Command, finish: Finish): void {
  program
    .command('lint <graph.onnx>')
    .description('Name what a target cannot run, or ORT training not differentiate, and the option that avoids it.')
    .addOption(new Option('--for <target>', 'what the graph is meant for').choices(targets).makeOptionMandatory())
    .option('--json', 'one JSON object instead of text')
    .action(async (file: string, flags: { for: Target; json?: boolean }) => {
      const report = lintGraph(await readBytes(file), flags.for, file)
      process.stdout.write(
        `${flags.json ? JSON.stringify({ schemaVersion: 1, file, ...report }) : render(file, report)}\n`,
      )
      finish(report.findings.length > 0 ? exitCodes.mismatch : exitCodes.ok)
    })
}

/** Findings of one cause together; the first of its nodes stands for them. */
function render(file: string, { target, version, source, findings }: LintReport): string {
  const causes = new Map<string, Finding[]>()
  for (const f of findings) {
    const cause = `${f.op}: ${f.why}`
    causes.set(cause, [...(causes.get(cause) ?? []), f])
  }
  const lines = [...causes].flatMap(([cause, [first, ...others]]) => {
    const { node, remedy } = first as Finding
    return [
      `  ${cause}`,
      `    at ${node}${others.length > 0 ? ` and ${others.length} more` : ''}`,
      `    hint: ${remedy}`,
    ]
  })
  const count = `${findings.length} ${findings.length === 1 ? 'node' : 'nodes'} in the way`
  const verdict = findings.length === 0 ? 'nothing in the way' : count
  return [`${file} for ${target} (${version}): ${verdict}`, ...lines, `  table: ${source}`].join('\n')
}
