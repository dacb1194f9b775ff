import { xml } from '../../io/index.js'
import type { CaseReport, OutputRow } from '../judge/result.js'
import type { Cause } from '../layers/finding.js'
import { failureLines } from './failure.js'
import { totals, verdictOf } from './totals.js'

function testCase(row: OutputRow): string[] {
  const name = row.output === '' ? '(case)' : row.output
  const open = `    <testcase classname="${xml(`${row.provider}.${row.case}`)}" name="${xml(name)}"`
  if (row.verdict === 'PASS') return [`${open}/>`]
  if (row.verdict === 'SKIP') {
    const message = xml(row.problem?.message ?? 'not compared')
    return [`${open}>`, `      <skipped message="${message}"/>`, '    </testcase>']
  }
  const tag = row.problem ? 'error' : 'failure'
  const text = failureLines(row)
  return [
    `${open}>`,
    `      <${tag} message="${xml(text[0] ?? 'failed')}">${xml(text.join('\n'))}</${tag}>`,
    '    </testcase>',
  ]
}

const property = (name: string, value: string): string => `<property name="${name}" value="${xml(value)}"/>`

/** Beside the tests of its case, since it explains all of them. */
function causeOf({ case: name, provider }: CaseReport, cause: Cause | undefined): string[] {
  if (cause?.case !== name || cause.provider !== provider) return []
  return [`    <system-out>${xml(cause.lines.join('\n'))}</system-out>`]
}

function suite(report: CaseReport, cause: Cause | undefined): string[] {
  const { case: name, provider, rows, header } = report
  const failures = rows.filter((r) => r.verdict === 'FAIL' && !r.problem).length
  const errors = rows.filter((r) => r.verdict === 'FAIL' && r.problem).length
  const skipped = rows.filter((r) => r.verdict === 'SKIP').length
  const counts = `tests="${rows.length}" failures="${failures}" errors="${errors}" skipped="${skipped}"`
  const runtime = header?.runtime ? [property('onnxruntime-node', header.runtime)] : []
  return [
    `  <testsuite name="${xml(`${name} on ${provider}`)}" ${counts}>`,
    `    <properties>${property('verdict', verdictOf([report]))}${runtime.join('')}</properties>`,
    ...rows.flatMap(testCase),
    ...causeOf(report, cause),
    '  </testsuite>',
  ]
}

/** The report as JUnit XML: a suite for each case and provider, a test for each output. */
export function toJunit(reports: readonly CaseReport[], cause?: Cause): string {
  const { passed, failed, uncompared } = totals(reports)
  const tests = passed + failed + uncompared
  const head = `<testsuites name="yolo-loss verify" tests="${tests}" failures="${failed}" skipped="${uncompared}">`
  return `${['<?xml version="1.0" encoding="UTF-8"?>', head, ...reports.flatMap((report) => suite(report, cause)), '</testsuites>'].join('\n')}\n`
}
