import { PassThrough } from 'node:stream'
import { WriteStream } from 'node:tty'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { float32, type Tensor } from '../../src/io/tensor.js'
import { compare } from '../../src/verify/compare/compare.js'
import { brief } from '../../src/verify/compare/digits.js'
import type { CaseReport, OutputRow } from '../../src/verify/judge/result.js'
import { schemaVersion, toJson } from '../../src/verify/report/json.js'
import { renderReport } from '../../src/verify/report/text.js'

const tolerance = { rtol: 2e-6, atol: 0, source: 'a/data.json' }

function row(output: string, expected: Tensor, got: Tensor): OutputRow {
  const comparison = compare(output, expected, got, tolerance)
  return { case: 'a', output, provider: 'cpu', verdict: comparison.pass ? 'PASS' : 'FAIL', tolerance, comparison }
}

const problem = { code: 'E_EMPTY', message: 'b/model.onnx: the file is empty\n  hint: export it again', exitCode: 3 }
const header = {
  file: 'a/model.onnx',
  sha256: '00',
  irVersion: 8,
  opset: 17,
  runtime: '1.30.0',
  provider: 'cpu',
  optimization: 'all',
} as const
const reports: CaseReport[] = [
  {
    case: 'a',
    provider: 'cpu',
    header,
    rows: [
      row('loss', float32([], [8]), float32([], [8])),
      row('xy_0', float32([2, 2], [1, 2, 4, Number.POSITIVE_INFINITY]), float32([2, 2], [1, 2, 5, 0])),
    ],
    skipped: ['wh_0'],
    near: [],
    exitCode: 1,
  },
  {
    case: 'b\u001b[2J',
    provider: 'cpu',
    rows: [{ case: 'b\u001b[2J', output: '', provider: 'cpu', verdict: 'FAIL', problem }],
    skipped: [],
    near: [],
    exitCode: 3,
  },
]

const pipe = new PassThrough()

describe('the report as text', () => {
  afterEach(() => vi.unstubAllEnvs())

  const head = ['onnxruntime-node 1.30.0, provider cpu, optimisation all', '']
  const rest = [
    '',
    'FAIL a, xy_0 on cpu',
    '  2 of 4 elements differ by more than the tolerance (a/data.json)',
    '  greatest absolute difference inf at [1,1]: expected Infinity, got 0',
    '  greatest distance 2097152 ulp at [1,0]',
    '  would pass with rtol inf, or with atol inf',
    '  errors: mean inf, median 0, 99 % inf',
    '  [1,0] ACTUAL 5 DESIRED 4',
    '  [1,1] ACTUAL 0 DESIRED Infinity',
    '',
    'FAIL b\\u{1b}[2J on cpu',
    '  b/model.onnx: the file is empty',
    '  hint: export it again',
    '',
    'expected outputs that the graph does not have: "wh_0"',
    '',
    '1 passed, 2 failed',
  ]

  it('has a line for each case, an explanation of each failure, and the count', () => {
    const table = [
      'case        cpu  worst abs  worst rel  verdict',
      'a           1/2  inf        2.50e-1    FAIL',
      'b\\u{1b}[2J  0/1  0          0          FAIL',
    ]
    expect(renderReport(reports, pipe)).toBe([...head, ...table, ...rest].join('\n'))
  })

  it('has a line for each output on request, tolerances in three digits', () => {
    const table = [
      'case        output  on   differ  worst abs  worst rel  ulp      where  atol  rtol  verdict',
      'a           loss    cpu  0/1     0          0          -        -      0     2e-6  PASS',
      'a           xy_0    cpu  2/4     inf        2.50e-1    2.10e+6  [1,1]  0     2e-6  FAIL',
      'b\\u{1b}[2J  -       cpu  -       -          -          -        -      -     -     FAIL',
    ]
    expect(renderReport(reports, pipe, { all: true })).toBe([...head, ...table, ...rest].join('\n'))
    expect(brief(9.027845474636924e-7)).toBe('9.03e-7')
  })

  it('has no ulp noise for masks and scalars', () => {
    const exact = { rtol: 0, atol: 0, source: 'default for float32' }
    const mask = row('ignore_mask_0', float32([2], [0, 1]), float32([2], [1, 1]))
    const rows = [row('excess', float32([], [1e-30]), float32([], [0])), { ...mask, tolerance: exact }]
    const report: CaseReport = { case: 'a', provider: 'cpu', rows, skipped: [], near: [], exitCode: 1 }
    const lines = renderReport([report], pipe, { all: true }).split('\n')
    const ulps = lines.filter((line) => line.startsWith('a ')).map((line) => line.split(/ {2,}/)[6])
    expect(ulps).toEqual(['-', '-'])
  })

  it('is, when quiet, what failed and the last line; fewer cases are told', () => {
    const told = rest.filter((line) => !line.startsWith('1 passed'))
    expect(renderReport(reports, pipe, { quiet: true, notRun: 2 })).toBe(
      [...told.slice(1), '1 passed, 2 failed, 2 not run'].join('\n'),
    )
    const passing = reports
      .slice(0, 1)
      .map((report) => ({ ...report, rows: report.rows.slice(0, 1), skipped: [], exitCode: 0 }))
    expect(renderReport(passing, pipe, { quiet: true })).toBe('1 passed, 0 failed')
  })

  it('sets providers side by side', () => {
    const other = reports.map((r) => ({ ...r, provider: 'webgpu' as const }))
    const text = renderReport([...reports, ...other], pipe)
    expect(text).toContain('case        cpu  worst abs  worst rel  webgpu  worst abs  worst rel  verdict')
    expect(text).toContain('a           1/2  inf        2.50e-1    1/2     inf        2.50e-1    FAIL')
  })

  it('colours the verdict on a terminal only, and not with NO_COLOR', () => {
    const terminal = Object.assign(new PassThrough(), {
      isTTY: true,
      getColorDepth: () => WriteStream.prototype.getColorDepth(process.env),
    })
    vi.stubEnv('TERM', 'xterm-256color')
    vi.stubEnv('NO_COLOR', undefined)
    vi.stubEnv('FORCE_COLOR', undefined)
    vi.stubEnv('NODE_DISABLE_COLORS', undefined)
    vi.stubEnv('CI', undefined)
    expect(renderReport(reports, pipe)).not.toContain('\u001b')
    expect(renderReport(reports, terminal)).toContain('\u001b[31mFAIL\u001b[39m')
    vi.stubEnv('NO_COLOR', '1')
    expect(renderReport(reports, terminal)).not.toContain('\u001b')
  })
})

describe('the report as JSON', () => {
  const json = JSON.parse(toJson(reports))

  it('has a version, the counts and every row', () => {
    expect(json).toMatchObject({ schemaVersion, verdict: 'fail', passed: 1, failed: 2, uncompared: 0, exitCode: 3 })
    expect(json.cases[0]).toMatchObject({ case: 'a', header, skipped: ['wh_0'] })
    expect(json.cases[1].rows[0].problem).toEqual(problem)
  })

  it('writes numbers that JSON lacks, and int64, as strings', () => {
    expect(json.cases[0].rows[1].comparison.worstAbs).toEqual({
      value: 'Infinity',
      index: [1, 1],
      expected: 'Infinity',
      got: 0,
    })
    const big = (n: bigint): Tensor => ({ dtype: 'int64', shape: [1], data: BigInt64Array.of(n) })
    const rows = [row('n', big(2n ** 60n), big(0n)), row('z', float32([], [1]), float32([], [-0]))]
    const [n, z] = JSON.parse(toJson([{ case: 'a', provider: 'cpu', rows, skipped: [], near: [], exitCode: 1 }]))
      .cases[0].rows
    expect(n.comparison.worstAbs.expected).toBe('1152921504606846976')
    expect(z.comparison.worstAbs.got).toBe('-0')
  })
})
