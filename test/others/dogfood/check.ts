import { readFileSync } from 'node:fs'
import type { CaseReport } from '../../../src/verify/judge/result.js'
import { yoloLoss } from '../../support/cli.js'

/** Cases that fail, by the reason; those under `mayFail` depend on chance or on the system. */
type Known = Readonly<Record<'fail' | 'mayFail', Readonly<Record<string, readonly string[]>>>>

const folder = process.argv[2] as string
const known: Known = JSON.parse(readFileSync(new URL('known.json', import.meta.url), 'utf8'))
const reasons = (of: Known['fail']) => new Map(Object.entries(of).flatMap(([why, names]) => names.map((n) => [n, why])))
const [fail, mayFail] = [reasons(known.fail), reasons(known.mayFail)]

/** Models nobody here wrote; fewer than this many passing means that we have become worse. */
const least = 952

// The tolerances and the treatment of NaN and of empty tensors that the ONNX backend tests have.
const flags = ['--rtol', '1e-3', '--atol', '1e-7', '--allow-empty', '--allow-nan', '--json']
const { stdout, stderr, code } = await yoloLoss(['verify', folder, ...flags])
if (code !== 3 && code !== 0) console.error(`verify ended with ${code}\n${stderr}`)
const { cases }: { cases: CaseReport[] } = JSON.parse(stdout)
const passing = cases.filter((c) => c.exitCode === 0).map((c) => c.case)

const text = ({ rows }: CaseReport): string =>
  rows.find((r) => r.verdict === 'FAIL')?.problem?.message ?? 'values differ'
const surprises = [
  ...cases
    .filter((c) => c.exitCode !== 0 && !fail.has(c.case) && !mayFail.has(c.case))
    .map((c) => `${c.case} fails: ${text(c)}`),
  ...passing.filter((name) => fail.has(name)).map((name) => `${name} passes, though it is listed: ${fail.get(name)}`),
  ...(passing.length < least ? [`only ${passing.length} of ${cases.length} pass, fewer than ${least}`] : []),
  ...cases.filter((c) => c.rows.some((r) => r.problem?.code === 'E_CRASH')).map((c) => `${c.case} crashes`),
]
for (const line of surprises) console.log(line)
const listed = cases.length - passing.length
console.log(
  `${passing.length} of ${cases.length} cases pass at rtol 1e-3, atol 1e-7; ${listed} listed with their reason`,
)
console.log(`${passing.length} passed, ${surprises.length} failed`)
process.exitCode = surprises.length === 0 ? 0 : 1
