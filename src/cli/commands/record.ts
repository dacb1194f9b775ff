import { createHash } from 'node:crypto'
import { basename } from 'node:path'
import { type Command, Option } from 'commander'
import { InputError, readBytes, version } from '../../io/index.js'
import { dissect, type ModelInfo, readModel } from '../../onnx/index.js'
import { defaultLimits, Isolate, type Optimization, type Provider, RemoteError } from '../../runtime/index.js'
import {
  type AskedTolerance,
  bindTensors,
  modelConfig,
  readCase,
  type TestCase,
  writeCase,
} from '../../verify/index.js'
import { parseLimit, parseTolerance } from '../groups/flags.js'

interface RecordFlags {
  readonly inputs: string
  readonly output: string
  readonly ep: Provider
  readonly optimization: Optimization
  readonly layerwise?: boolean
  readonly rtol?: AskedTolerance[]
  readonly atol?: AskedTolerance[]
  readonly timeout: number
  readonly memory: number
}

const details = `
The folder has the layout of the ONNX backend tests, so that "verify" and other runners read it. case.json says with
what it was made. With --layerwise every value becomes an output: two such folders, from two machines or two versions
of the runtime, are compared by "diff".
`

/** Adds `yolo-loss record`. */
export function addRecord(program: Command): void {
  program
    .command('record <model>')
    .description('Run a model and keep its inputs and outputs as a case, to be verified later or elsewhere.')
    .addHelpText('after', details)
    .requiredOption('--inputs <dir>', 'case whose inputs are used')
    .requiredOption('-o, --output <dir>', 'folder of the case')
    .addOption(new Option('--ep <name>', 'execution provider').choices(['cpu', 'webgpu', 'cuda']).default('cpu'))
    .addOption(
      new Option('--optimization <level>', 'how far onnxruntime may rewrite the graph')
        .choices(['disabled', 'basic', 'extended', 'all'])
        .default('all'),
    )
    .option('--layerwise', 'record every value, not optimised')
    .option('--rtol <value>', 'relative tolerance of the case (default 1e-5)', parseTolerance)
    .option('--atol <value>', 'absolute tolerance of the case (default 1e-6)', parseTolerance)
    .option('--timeout <seconds>', 'for the run', parseLimit, defaultLimits.timeout)
    .option('--memory <MiB>', 'for the child process', parseLimit, defaultLimits.memory)
    .action(async (file: string, flags: RecordFlags) => {
      const count = await record(file, flags)
      process.stderr.write(`wrote ${flags.output} (${count} outputs of ${basename(file)} on ${flags.ep})\n`)
    })
}

/** The model as it is run, and the level it is run at. */
function prepared(bytes: Uint8Array, file: string, { layerwise, optimization }: RecordFlags) {
  if (!layerwise) return { model: bytes, optimization }
  const graph = dissect(bytes, file)
  return { model: graph.exposed(graph.nodes.length), optimization: 'disabled' as const }
}

async function execute(model: Uint8Array, file: string, test: TestCase, info: ModelInfo, flags: RecordFlags) {
  const { ep: provider, timeout, memory, optimization } = flags
  const names = info.inputs.map((i) => i.name)
  const inputs = bindTensors(test.dataSets[0]?.inputs ?? [], names, 'input', test.dir)
  const isolate = new Isolate({ provider, limits: { timeout, memory } })
  try {
    const feeds = [Object.fromEntries(inputs)]
    const result = await isolate.run({ file, model, session: { provider, optimization }, feeds, placement: 'listed' })
    const [run] = result.runs
    if (run === undefined) throw new InputError('E_FIXTURE', { where: test.dir, what: 'holds no inputs' })
    if ('error' in run) throw new RemoteError(run.error)
    return { inputs, outputs: run.outputs, result }
  } finally {
    isolate.close()
  }
}

/** Runs and writes. @returns the number of outputs */
async function record(file: string, flags: RecordFlags): Promise<number> {
  const bytes = await readBytes(file)
  const test = await readCase(flags.inputs)
  const { model, optimization } = prepared(bytes, file, flags)
  const info = readModel(model, file)
  const { inputs, outputs, result } = await execute(model, file, test, info, { ...flags, optimization })
  const config = modelConfig(info.metadata)
  const named = (map: typeof outputs) => [...map].map(([name, tensor]) => ({ name, tensor }))
  await writeCase(flags.output, {
    model,
    inputs: named(inputs),
    outputs: named(outputs),
    tolerances: { rtol: flags.rtol?.at(-1)?.value ?? 1e-5, atol: flags.atol?.at(-1)?.value ?? 1e-6 },
    info: {
      title: `outputs of ${basename(file)} as recorded`,
      ...(config === undefined ? {} : { config }),
      provenance: {
        madeBy: `yolo-loss record, onnx-yolo-loss ${version}`,
        runtime: `onnxruntime-node ${result.runtime}`,
        provider: flags.ep,
        nodes: countPlaces(result.placement?.nodes ?? []),
        optimization,
        layerwise: flags.layerwise ?? false,
        model: { file: basename(file), sha256: createHash('sha256').update(bytes).digest('hex') },
        inputs: test.name,
      },
    },
  })
  return outputs.size
}

function countPlaces(nodes: readonly { provider: string }[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { provider } of nodes) counts[provider] = (counts[provider] ?? 0) + 1
  return counts
}
