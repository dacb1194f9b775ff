import { createHash } from 'node:crypto'
import { basename, resolve, sep } from 'node:path'
import type { Command } from 'commander'
import { exitCodes, listed, readBytes, version } from '../../io/index.js'
import { dissect, readModel } from '../../onnx/index.js'
import { isolated, type Placement, runOnce } from '../../runtime/index.js'
import {
  type Data,
  groupBy,
  lastAsked,
  lossConfigOf,
  modelConfig,
  readData,
  usual,
  verifyCase,
  writeCase,
} from '../../verify/index.js'
import { ConfigError } from '../../yolo/index.js'
import { dataNotes } from '../data/datanotes.js'
import { data, reading, readingOf, whatDataAre } from '../groups/data.js'
import { addFlags, flag, flagsOf, grouped, type ValuesOf } from '../groups/flag.js'
import { examples } from '../groups/help.js'
import { jsonReport } from '../groups/report.js'
import { json, limits, oneProvider, optimization, placeOf, tolerances } from '../groups/run.js'
import type { Shell } from '../shell.js'

const flags = flagsOf(
  ...grouped('Data', data('the inputs'), flag('--inputs <path>', 'the same for one of them'), ...reading),
  ...grouped('Running', oneProvider, optimization, ...limits('for the run', 'for the child process')),
  ...grouped(
    'Recording',
    flag('-o, --output <dir>', 'folder of the case', { required: true }),
    flag('--layerwise', 'record every value, not optimised, and hold a second run against it'),
    ...tolerances(
      'value',
      'relative tolerance of the case (default 1e-5)',
      'absolute tolerance of the case (default 1e-6)',
    ),
    json('words'),
  ),
)

type RecordFlags = ValuesOf<typeof flags>

const details = `${whatDataAre}
The folder has the layout of the ONNX backend tests, so that "verify" and other runners read it. case.json says with
what it was made. With --layerwise every value becomes an output: two such folders, from two machines or two versions
of the runtime, are compared by "diff". What was kept is verified at once: a run that does not repeat itself here would
differ there for no reason; it ends with exit code 1.
${examples('record loss.onnx --data batch.npz -o kept', 'record loss.onnx --data batch.npz --layerwise -o layers')}`

/** Adds `yolo-loss record`. */
export function addRecord(program: Command, shell: Shell): void {
  const command = program
    .command('record <model>')
    .description('Run a model and keep its inputs and outputs as a case, to be verified later or elsewhere.')
    .addHelpText('after', details)
  addFlags(command, flags).action(async (file: string, given: RecordFlags) => {
    const outputs = await record(file, given, shell)
    const { output, ep } = given
    shell.note(`wrote ${output} (${outputs} outputs of ${basename(file)} on ${ep})`)
    const differing = given.layerwise ? await differingAgain(given) : undefined
    if (differing) {
      if (differing.length > 0) shell.finish(exitCodes.mismatch)
      shell.note(
        differing.length > 0 ? `a second run differs in ${listed(differing)}` : 'verified: a second run gives the same',
      )
    }
    if (given.json)
      process.stdout.write(jsonReport({ folder: output, outputs, provider: ep, differing, notes: shell.notes }))
  })
}

/** Values of a recorded run that another run of the same does not give again. */
async function differingAgain(given: RecordFlags): Promise<string[]> {
  const { output, ep: provider } = given
  const options = { provider, optimization: 'disabled' } as const
  const { rows } = await isolated(placeOf(given), (runner) => verifyCase(output, { ...options, runner }))
  return rows
    .filter(({ verdict }) => verdict === 'FAIL')
    .map(({ output: name, problem }) => name || String(problem?.message))
}

/** The model as it is run, and the level it is run at. */
function prepared(bytes: Uint8Array, file: string, { layerwise, optimization }: RecordFlags) {
  if (!layerwise) return { model: bytes, optimization }
  const graph = dissect(bytes, file)
  return { model: graph.exposed(graph.nodes.length), optimization: 'disabled' as const }
}

/** Runs and writes. @returns the number of outputs */
async function record(file: string, given: RecordFlags, shell: Shell): Promise<number> {
  const paths = pathsOf(given)
  const bytes = await readBytes(file)
  // Of the model as it came: of one with every value as an output, any name would be an output's.
  const info = readModel(bytes, file)
  const data = await readData(paths, info, readingOf(given))
  shell.tell(dataNotes(data, lossConfigOf(info.metadata)))
  const { model, optimization } = prepared(bytes, file, given)
  const feeds = Object.fromEntries(data.inputs)
  const run = await runOnce(placeOf(given), { file, model, feeds, optimization, placement: 'listed' })
  const named = (map: Data['inputs']) => [...map].map(([name, tensor]) => ({ name, tensor }))
  await writeCase(given.output, {
    model,
    inputs: named(data.inputs),
    outputs: named(run.outputs),
    tolerances: lastAsked(given, usual),
    info: recorded(file, modelConfig(info.metadata), {
      runtime: `onnxruntime-node ${run.runtime}`,
      provider: given.ep,
      nodes: nodesBy(run.placement),
      optimization,
      layerwise: given.layerwise ?? false,
      model: { file: basename(file), sha256: sha256(bytes) },
      inputs: await sources(data),
    }),
  })
  return run.outputs.size
}

function pathsOf({ data = [], inputs }: RecordFlags): readonly string[] {
  const paths = inputs === undefined ? data : [...data, inputs]
  if (paths.length > 0) return paths
  throw new ConfigError('data', 'is missing: give --data FILE.npz, or --data CASE')
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** The files that the inputs came from, as they are when the run is over. */
async function sources({ inputs, from }: Data): Promise<readonly object[]> {
  const files = new Set([...inputs.keys()].map((name) => from.get(name) as string))
  const found: object[] = []
  for (const path of files) found.push({ file: nameOf(path), sha256: sha256(await readBytes(path)) })
  return found
}

/** Of a tensor in a case with the folders that tell which: `CASE/test_data_set_0/input_0.pb`. */
function nameOf(path: string): string {
  const parts = resolve(path).split(sep)
  return parts.slice(path.endsWith('.pb') ? -3 : -1).join('/')
}

/** How many nodes ran on each provider. */
function nodesBy(placement: Placement | undefined): Readonly<Record<string, number>> {
  const places = groupBy(placement?.nodes ?? [], ({ provider }) => provider)
  return Object.fromEntries([...places].map(([name, nodes]) => [name, nodes.length]))
}

/** What a case says of itself. */
const recorded = (file: string, config: unknown, provenance: object) => ({
  title: `outputs of ${basename(file)} as recorded`,
  ...(config === undefined ? {} : { config }),
  provenance: { madeBy: `yolo-loss record, onnx-yolo-loss ${version}`, ...provenance },
})
