import { dirname, join } from 'node:path'
import type { Command } from 'commander'
import { exitCodes, Fault, isFolder, readBytes, refuse, writeAtomic } from '../../io/index.js'
import { type ModelInfo, readModel } from '../../onnx/index.js'
import { type Feeds, isolated, type Runner } from '../../runtime/index.js'
import {
  caseConfig,
  findCases,
  isFault,
  type LayerReport,
  type LayerTolerance,
  lastAsked,
  locate,
  locateFirst,
  lossConfigOf,
  modelConfig,
  portableJson,
  readCase,
  readData,
  recordedTrace,
  renderLayers,
  type Side,
  type TestCase,
  takesInputs,
  writeRepro,
} from '../../verify/index.js'
import { configKey } from '../../yolo/index.js'
import { dataNotes } from '../data/datanotes.js'
import { configsOf, diffPage } from '../data/diffpage.js'
import { data, reading, readingOf, whatDataAre } from '../groups/data.js'
import { addFlags, flag, flagsOf, grouped, type ValuesOf } from '../groups/flag.js'
import { examples } from '../groups/help.js'
import { namedFile, refuseOverwriting } from '../groups/overwriting.js'
import { fixtures, json, limits, oneProvider, placeOf, tolerances } from '../groups/run.js'
import type { Shell } from '../shell.js'

const flags = flagsOf(
  ...grouped(
    'Data',
    data('the inputs'),
    flag('--case <path>', 'the same for one of them, or for the first case in a folder'),
    ...reading,
    fixtures,
  ),
  ...grouped('Running', oneProvider, ...limits('for each run', 'for the child process')),
  ...grouped('Judging', ...tolerances('value', 'relative to the largest element of a value', 'absolute')),
  ...grouped(
    'Reporting',
    flag('--repro <dir>', 'write the diverging node and its inputs as a case'),
    flag('--html <file>', 'write a page of both losses, cell by cell, beside the reference'),
    json(),
  ),
)

type DiffFlags = ValuesOf<typeof flags>

const details = `${whatDataAre}
Both graphs run on the same inputs with every value as an output, and the first node is named whose inputs agree and
whose outputs do not. Without --data the inputs are those beside a.onnx, or of the first fixture made for it. Two
folders written by "record --layerwise" are compared as recorded. On one provider the default tolerance is 0.
${examples('diff loss.onnx other.onnx', 'diff loss.onnx other.onnx --data batch.npz --repro node', 'diff loss.onnx other.onnx --data batch.npz --html both.html', 'diff here there --json')}`

/** Adds `yolo-loss diff`. */
export function addDiff(program: Command, shell: Shell): void {
  const command = program
    .command('diff <a> <b>')
    .description('Find the first node at which two graphs, or two recorded runs, part.')
    .addHelpText('after', details)
  addFlags(command, flags).action(async (a: string, b: string, given: DiffFlags) => {
    refuseHtml(a, b, given)
    const { report, left, right, config, page } = await diff(a, b, given, shell)
    if (report.first && given.repro)
      await writeRepro(given.repro, report, report.first, left, right, lastAsked(given, exact))
    if (given.html !== undefined && page) await writeAtomic(given.html, await page(report))
    process.stdout.write(
      `${given.json ? portableJson({ ...report, notes: shell.notes }) : renderLayers(report, left, config)}\n`,
    )
    shell.finish(isFault(report) ? exitCodes.mismatch : exitCodes.ok)
  })
}

const exact: LayerTolerance = { rtol: 0, atol: 0 }

/** Two traces, what they differ in, and the configuration of the loss where the graph carries one. */
async function diff(a: string, b: string, given: DiffFlags, shell: Shell) {
  const tolerance = lastAsked(given, exact)
  if (isFolder(a) && isFolder(b)) {
    const [left, right] = [await recordedTrace(a), await recordedTrace(b)]
    return { report: await locate(left, right, tolerance), left, right, config: undefined, page: undefined }
  }
  return isolated(placeOf(given), async (run) => {
    const [left, right] = [await sideOf(a, given, run), await sideOf(b, given, run)]
    if (given.html !== undefined) configsOf([left, right])
    const [feeds, progress] = [await feedsFor(left, given, shell), shell.progress()]
    let done = 0
    const ran = () => progress.step(++done, 2, 'graphs run')
    const found = await locateFirst(left, right, feeds, tolerance, ran).finally(() => progress.end())
    const config = caseConfig(modelConfig(readModel(left.bytes, left.file).metadata))
    const page = (report: LayerReport) =>
      diffPage([left, right], feeds, renderLayers(report, found.left, config).split('\n').slice(0, 2).join('; '), given)
    return { ...found, config, page }
  })
}

/** @throws ConfigError for a page in the place of what is read; Fault of usage where there is nothing to show on it */
function refuseHtml(a: string, b: string, { html, data, case: path }: DiffFlags): void {
  if (html === undefined) return
  namedFile('html', html)
  refuseOverwriting(
    { html },
    { 'a graph': [a, b], 'the data': [...(data ?? []), ...(path === undefined ? [] : [path])] },
  )
  if (!isFolder(a) || !isFolder(b)) return
  const what = 'shows graphs on their inputs, and these are recorded runs'
  throw new Fault('usage', 'E_USAGE', { where: '--html', what, remedy: 'name two graphs' })
}

async function sideOf(file: string, { ep: provider }: DiffFlags, runner: Runner): Promise<Side> {
  return { label: file, bytes: await readBytes(file), file, provider, optimization: 'disabled', runner }
}

/** The inputs that were given, or those of the first case that fits a graph. @throws InputError as `readData` */
async function feedsFor({ bytes, file }: Side, given: DiffFlags, shell: Shell): Promise<Feeds> {
  const info = readModel(bytes, file)
  const paths = [...(given.data ?? []), ...(given.case === undefined ? [] : [await firstIn(given.case)])]
  const data = paths.length > 0 ? paths : [await caseFor(info, file, given.fixtures)]
  const read = await readData(data, info, readingOf(given))
  shell.tell(dataNotes(read, lossConfigOf(info.metadata)))
  return Object.fromEntries(read.inputs)
}

/** A path, or the first case below it where it is a folder of cases. */
const firstIn = async (path: string): Promise<string> => (isFolder(path) ? (await findCases(path))[0] : path) ?? path

const giveData = 'give --data FILE.npz, or --data CASE'

/** The first case that fits a graph, beside it or among the fixtures. @throws InputError when there is none */
async function caseFor({ metadata }: ModelInfo, file: string, cases: string): Promise<string> {
  const beside = isFolder(join(dirname(file), 'test_data_set_0')) ? [dirname(file)] : []
  // A folder that was not asked for may be missing.
  const asked = isFolder(cases) || cases !== fixtures.option.defaultValue ? [cases] : []
  const places = [...beside, ...asked]
  if (places.length === 0) refuse('E_FIXTURE', file, 'no inputs are named, and none are beside it', giveData)
  for (const place of places)
    for (const dir of await findCases(place)) if (fits(metadata, await readCase(dir), file)) return dir
  return refuse('E_CONFIG_MISMATCH', file, 'no case was made for its configuration', giveData)
}

function fits(metadata: ReadonlyMap<string, string>, test: TestCase, file: string): boolean {
  try {
    if (!takesInputs({ metadata, model: file, config: test.info.config, fixture: test.name })) return false
    return caseConfig(test.info.config) !== undefined || !metadata.has(configKey)
  } catch {
    return false
  }
}
