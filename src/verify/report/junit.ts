import type { CaseReport, OutputRow } from '../judge/result.js'
import { failureLines } from './failure.js'
import { totals } from './totals.js'
import { xml } from './xml.js'

function testCase(row: OutputRow): string[] {
  const name = row.output === '' ? '(case)' : row.output
  const open = `    <testcase classname="${xml(`${row.provider}.${row.case}`)}" name="${xml(name)}"`
  if (row.verdict === 'PASS') return [`${open}/>`]
  const tag = row.problem ? 'error' : 'failure'
  const text = failureLines(row)
  return [
    `${open}>`,
    `      <${tag} message="${xml(text[0] ?? 'failed')}">${xml(text.join('\n'))}</${tag}>`,
    '    </testcase>',
  ]
}

function suite({ case: name, provider, rows, header }: CaseReport): string[] {
  const failures = rows.filter((r) => r.verdict === 'FAIL' && !r.problem).length
  const errors = rows.filter((r) => r.problem).length
  const counts = `tests="${rows.length}" failures="${failures}" errors="${errors}"`
  const runtime = header?.runtime
    ? [`    <properties><property name="onnxruntime-node" value="${xml(header.runtime)}"/></properties>`]
    : []
  return [
    `  <testsuite name="${xml(`${name} on ${provider}`)}" ${counts}>`,
    ...runtime,
    ...rows.flatMap(testCase),
    '  </testsuite>',
  ]
}

/** The report as JUnit XML: a suite for each case and provider, a test for each output. */
export function toJunit(reports: readonly CaseReport[]): string {
  const { passed, failed } = totals(reports)
  const head = `<testsuites name="yolo-loss verify" tests="${passed + failed}" failures="${failed}">`
  return `${['<?xml version="1.0" encoding="UTF-8"?>', head, ...reports.flatMap(suite), '</testsuites>'].join('\n')}\n`
}
