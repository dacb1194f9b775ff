import { statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type Command, Option } from 'commander'
import { exitCodes, InputError, readBytes } from '../../io/index.js'
import { readModel } from '../../onnx/index.js'
import { defaultLimits, type Feeds, Isolate, type Provider } from '../../runtime/index.js'
import {
  type AskedTolerance,
  bindTensors,
  type CaseConfig,
  caseConfig,
  findCases,
  isFault,
  type LayerReport,
  type LayerTolerance,
  locate,
  locateFirst,
  modelConfig,
  portableJson,
  readCase,
  recordedTrace,
  renderLayers,
  type Side,
  type TestCase,
  type Trace,
  takesInputs,
  writeRepro,
} from '../../verify/index.js'
import type { Finish } from '../finish.js'
import { parseLimit, parseTolerance } from '../groups/flags.js'

interface DiffFlags {
  readonly case?: string
  readonly fixtures: string
  readonly ep: Provider
  readonly rtol?: AskedTolerance[]
  readonly atol?: AskedTolerance[]
  readonly timeout: number
  readonly memory: number
  readonly repro?: string
  readonly json?: boolean
}

/** Two traces and what they differ in. */
interface Diffed {
  readonly report: LayerReport
  readonly left: Trace
  readonly right: Trace
  /** Of the loss, where the graph carries one. */
  readonly config: CaseConfig | undefined
}

const details = `
Both graphs run on the same inputs with every value as an output, and the first node is named whose inputs agree and
whose outputs do not. Without --case the inputs are those beside a.onnx, or of the first fixture made for it. Two
folders written by "record --layerwise" are compared as recorded. On one provider the default tolerance is 0.
`

/** Adds `yolo-loss diff`. */
export function addDiff(program: Command, finish: Finish): void {
  program
    .command('diff <a> <b>')
    .description('Find the first node at which two graphs, or two recorded runs, part.')
    .addHelpText('after', details)
    .option('--case <dir>', 'case whose inputs are used')
    .option('--fixtures <dir>', 'folder of cases', 'fixtures')
    .addOption(new Option('--ep <name>', 'execution provider').choices(['cpu', 'webgpu', 'cuda']).default('cpu'))
    .option('--rtol <value>', 'relative to the largest element of a value', parseTolerance)
    .option('--atol <value>', 'absolute', parseTolerance)
    .option('--timeout <seconds>', 'for each run', parseLimit, defaultLimits.timeout)
    .option('--memory <MiB>', 'for the child process', parseLimit, defaultLimits.memory)
    .option('--repro <dir>', 'write the diverging node and its inputs as a case')
    .option('--json', 'one JSON object instead of text')
    .action(async (a: string, b: string, flags: DiffFlags) => {
      const diffed = await diff(a, b, flags)
      const { first } = diffed.report
      if (first && flags.repro)
        await writeRepro(flags.repro, diffed.report, first, diffed.left, diffed.right, toleranceOf(flags))
      const text = flags.json ? portableJson(diffed.report) : renderLayers(diffed.report, diffed.left, diffed.config)
      process.stdout.write(`${text}\n`)
      finish(isFault(diffed.report) ? exitCodes.mismatch : exitCodes.ok)
    })
}

const toleranceOf = ({ rtol, atol }: DiffFlags): LayerTolerance => ({
  rtol: rtol?.at(-1)?.value ?? 0,
  atol: atol?.at(-1)?.value ?? 0,
})

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false

async function diff(a: string, b: string, flags: DiffFlags): Promise<Diffed> {
  if (isFolder(a) && isFolder(b)) {
    const [left, right] = [await recordedTrace(a), await recordedTrace(b)]
    return { report: await locate(left, right, toleranceOf(flags)), left, right, config: undefined }
  }
  const isolate = new Isolate({ provider: flags.ep, limits: { timeout: flags.timeout, memory: flags.memory } })
  try {
    const [left, right] = [await sideOf(a, flags, isolate), await sideOf(b, flags, isolate)]
    const found = await locateFirst(left, right, await feedsFor(left, flags), toleranceOf(flags))
    return { ...found, config: caseConfig(modelConfig(readModel(left.bytes, left.file).metadata)) }
  } finally {
    isolate.close()
  }
}

async function sideOf(file: string, { ep }: DiffFlags, { run }: Isolate): Promise<Side> {
  return { label: file, bytes: await readBytes(file), file, provider: ep, optimization: 'disabled', runner: run }
}

/** The inputs of the first case that fits a graph. @throws InputError when there is none */
async function feedsFor({ bytes, file }: Side, flags: DiffFlags): Promise<Feeds> {
  const info = readModel(bytes, file)
  const beside = dirname(file)
  const places = flags.case
    ? [flags.case]
    : [...(isFolder(join(beside, 'test_data_set_0')) ? [beside] : []), flags.fixtures]
  for (const place of places) {
    for (const dir of await findCases(place)) {
      const test = await readCase(dir)
      if (flags.case === undefined && !fits(info.metadata, test, file)) continue
      const names = info.inputs.map((i) => i.name)
      return Object.fromEntries(bindTensors(test.dataSets[0]?.inputs ?? [], names, 'input', dir))
    }
  }
  const what = 'no case was made for its configuration'
  throw new InputError('E_CONFIG_MISMATCH', { where: file, what, remedy: 'name one: --case DIR' })
}

function fits(metadata: ReadonlyMap<string, string>, test: TestCase, file: string): boolean {
  try {
    if (!takesInputs({ metadata, model: file, config: test.info.config, fixture: test.name })) return false
    return caseConfig(test.info.config) !== undefined || !metadata.has('yolo_loss.config')
  } catch {
    return false
  }
}
