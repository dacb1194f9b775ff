import { type Covers, keyOf, type Results, type Row } from './results.js'

const words = ({ title, form, target, opset, mode }: Row): string =>
  [title, form, target && `--for ${target}`, opset && `opset ${opset}`, mode].filter(Boolean).join(', ')

function worseThan(before: Row, now: Row | undefined): string | undefined {
  if (!now) return before.status === 'green' ? 'was green and is no longer in the matrix' : undefined
  const count = `${now.passed} of ${now.cases}, before ${before.passed} of ${before.cases}`
  const why = now.failures[0]?.error ?? now.wrong.slice(0, 3).join('; ')
  if (before.status === 'green' && now.status !== 'green') return `was green and is ${now.status}: ${count}: ${why}`
  if (before.status === 'green' && now.cases < before.cases) return `is held to fewer cases: ${count}`
  if (before.status !== 'WRONG' && now.status === 'WRONG') return `returns wrong values now: ${count}: ${why}`
  return now.passed < before.passed ? `passes fewer cases: ${count}: ${why}` : undefined
}

/** What has become worse since the committed results, as far as the run covers it and its runtime ran. */
export function regressions(committed: Results, run: Results, covers: Covers = () => true): string[] {
  const now = new Map(run.rows.map((row) => [keyOf(row), row]))
  const ran = new Set(run.rows.map(({ runtime }) => runtime))
  const before = new Set(committed.rows.map(keyOf))
  const worse = committed.rows
    .filter((row) => ran.has(row.runtime) && covers(row))
    .flatMap((row) => {
      const why = worseThan(row, now.get(keyOf(row)))
      return why === undefined ? [] : [`${words(row)}: ${why}`]
    })
  const unsaid = run.rows.filter((row) => row.status === 'WRONG' && !before.has(keyOf(row)))
  return [
    ...worse,
    ...unsaid.map((row) => `${words(row)}: returns wrong values, and the committed matrix has no word of it`),
  ]
}

/** What is better than the committed results say. */
export function improvements(committed: Results, run: Results): string[] {
  const before = new Map(committed.rows.map((row) => [keyOf(row), row]))
  return run.rows
    .filter((row) => row.passed > (before.get(keyOf(row))?.passed ?? 0))
    .map((row) => `${words(row)}: ${row.passed} of ${row.cases}`)
}
