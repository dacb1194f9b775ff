import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { TestCase } from '../../../src/verify/cases/testcase.js'
import type { CaseReport } from '../../../src/verify/judge/result.js'
import { verifySets } from '../../../src/verify/judge/verify.js'
import { causeOf } from '../../../src/verify/run/cause.js'
import type { GraphFlags, Job } from '../../../src/verify/run/job.js'
import { jobsOf } from '../../../src/verify/run/jobs.js'
import { resolveConfig } from '../../../src/yolo/config/resolve.js'
import { graphBytes } from '../../support/cases.js'
import { plant, renameInner, unstamped } from '../../support/faults.js'
import { scratch } from '../cases.js'

const root = await scratch()
const config = { preset: 'yolov3-tiny-voc', components: true }
const right = graphBytes(config)
const wrong = plant(right, 'objects/Sub', 'swapped operands') as Uint8Array
const limits = { timeout: 60, memory: 4096 }

/** The generated cases of a graph, and what comes of them. */
async function verified(bytes: Uint8Array, flags: GraphFlags = {}): Promise<[Job[], CaseReport[]]> {
  const file = join(root, 'graph.onnx')
  await writeFile(file, bytes)
  const jobs = await jobsOf([file], flags)
  const reports: CaseReport[] = []
  for (const job of jobs) {
    const { source, options } = await job.prepare('cpu')
    reports.push(...(await verifySets(source as TestCase, options)))
  }
  return [jobs, reports]
}

/** What is told of a graph after it was verified. */
async function told(bytes: Uint8Array, flags?: GraphFlags, seconds = limits.timeout) {
  const [jobs, reports] = await verified(bytes, flags)
  return causeOf(jobs, reports, { ...limits, timeout: seconds })
}

describe('the cause of a failure', () => {
  it('is the node that is wrong, on the first case that failed', async () => {
    const found = await told(wrong)
    expect(found?.cause).toMatchObject({ case: 'generated-0/boxes', provider: 'cpu', kind: 'node' })
    expect(found?.cause.first?.node.name).toBe('objects/Sub')
    expect(found?.drawn?.report.first?.node.name).toBe('objects/Sub')
    expect(found?.drawn?.nodes.length).toBeGreaterThan(300)
  })

  it('is looked for on a later case, where the first passed', async () => {
    const [jobs, [first, ...rest]] = await verified(wrong)
    const passed = { ...(first as CaseReport), rows: [], exitCode: 0 }
    const found = await causeOf(jobs, [passed, ...rest], limits)
    expect(found?.cause.case).toBe(jobs.flatMap(({ cases = [] }) => cases)[1])
  })

  it('is found in a graph with other names of inputs and outputs that says nothing of itself', async () => {
    const names = {
      inputs: new Map([['images/0', 'y_pred_0']]),
      outputs: new Map([
        ['total', 'loss'],
        ['boxes', 'wh_0'],
      ]),
    }
    const ours = new Map([...names.inputs, ...names.outputs].map(([theirs, own]) => [own, theirs]))
    const foreign = renameInner(unstamped(wrong), (name) => ours.get(name) ?? name, { all: true })
    const said = { config: resolveConfig({ preset: 'yolov3-tiny-voc' }), said: [] }
    const found = await told(foreign, { config: said, names })
    expect([found?.cause.kind, found?.cause.first?.node.name]).toEqual(['node', 'objects/Sub'])
    expect(found?.cause.lines).toContain('with our values there every output agrees')
  })

  it('is nothing where nothing failed, or where no numbers were compared', async () => {
    expect(await told(right)).toBeUndefined()
    const [jobs, [report]] = await verified(wrong)
    const problem = { code: 'E_FILE', message: 'gone', exitCode: 3 }
    const rows = (report as CaseReport).rows.map((row) => ({ ...row, problem }))
    expect(await causeOf(jobs, [{ ...(report as CaseReport), rows }], limits)).toBeUndefined()
  })

  it('is left with a sentence when it takes too long', async () => {
    const found = await told(wrong, {}, 0.01)
    expect(found?.cause).toEqual({
      case: 'generated-0/boxes',
      provider: 'cpu',
      kind: 'skipped',
      lines: ['the first wrong node was not looked for: not done after 0.01 s'],
    })
  })

  it('is left with a sentence where our graph cannot be run on the inputs of the case', async () => {
    const [[job], reports] = await verified(wrong)
    const prepare: Job['prepare'] = async (provider) => {
      const prepared = await (job as Job).prepare(provider)
      return { ...prepared, options: { ...prepared.options, config: resolveConfig({ preset: 'yolov3-voc' }) } }
    }
    const found = await causeOf([{ name: (job as Job).name, prepare }], reports, limits)
    expect(found?.cause.lines).toEqual([
      'the first wrong node was not looked for: our own graph takes "y_pred_2", "y_true_2", which the case does not have',
    ])
  })
})
