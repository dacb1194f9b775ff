import type { UpstreamFault } from './faults.js'

/** What a program said of one version of a runtime, in as many cases as it has. */
export interface Verdict {
  /** `onnxruntime 1.19.2`. */
  readonly version: string
  readonly cases: number
  readonly failed: number
}

/** Verdicts of the lines `PASS NAME VERSION: WORDS` and `FAIL …` that a program prints. @throws Error where there are none */
export function verdictOf(program: string, lines: readonly string[]): Verdict {
  const told = lines.flatMap((line) => {
    const [, word, version] = /^(PASS|FAIL) (.+?): /.exec(line) ?? []
    return word === undefined || version === undefined ? [] : [{ passed: word === 'PASS', version }]
  })
  const [first] = told
  if (!first) throw new Error(`${program} gave no verdict: ${lines.slice(-3).join(' | ')}`)
  return { version: first.version, cases: told.length, failed: told.filter(({ passed }) => !passed).length }
}

const counted = ({ cases, failed }: Verdict): string => (cases === 1 ? '' : ` (${failed} of ${cases} cases)`)

/** In words, by version; `mended in` the first version that passes behind one that does not, or that passes alone. */
export function standing(verdicts: readonly Verdict[]): string {
  const words = verdicts.map((verdict, i) => {
    if (verdict.failed > 0) return `fails in ${verdict.version}${counted(verdict)}`
    const before = verdicts[i - 1]
    return before === undefined || before.failed > 0 ? `mended in ${verdict.version}` : `passes in ${verdict.version}`
  })
  return words.join('; ')
}

const issueCell = (issue: string | undefined): string => {
  if (issue === undefined) return 'none found'
  const [repository, number] = issue.split('#')
  return `[${issue}](https://github.com/${repository}/issues/${number})`
}

/** The table of the page. */
export function table(rows: readonly { fault: UpstreamFault; verdicts: readonly Verdict[] }[]): string {
  const lines = rows.map(({ fault: { program, what, harm, issue }, verdicts }) => {
    const cells = [`[${program}](${program})`, what, harm, standing(verdicts), issueCell(issue)]
    return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  })
  return ['| program | symptom | harm | versions | reported |', '|---|---|---|---|---|', ...lines, ''].join('\n')
}
