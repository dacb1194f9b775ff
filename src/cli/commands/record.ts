import { createHash } from 'node:crypto'
import { basename } from 'node:path'
import type { Command } from 'commander'
import { readBytes, version } from '../../io/index.js'
import { dissect, readModel } from '../../onnx/index.js'
import { type Placement, runOnce } from '../../runtime/index.js'
import { groupBy, inputsOf, lastAsked, modelConfig, readCase, usual, writeCase } from '../../verify/index.js'
import { addFlags, flag, flagsOf, type ValuesOf } from '../groups/flag.js'
import { limits, oneProvider, optimization, placeOf, tolerances } from '../groups/run.js'

const flags = flagsOf(
  flag('--inputs <dir>', 'case whose inputs are used', { required: true }),
  flag('-o, --output <dir>', 'folder of the case', { required: true }),
  oneProvider,
  optimization,
  flag('--layerwise', 'record every value, not optimised'),
  ...tolerances(
    'value',
    'relative tolerance of the case (default 1e-5)',
    'absolute tolerance of the case (default 1e-6)',
  ),
  ...limits('for the run', 'for the child process'),
)

type RecordFlags = ValuesOf<typeof flags>

const details = `
The folder has the layout of the ONNX backend tests, so that "verify" and other runners read it. case.json says with
what it was made. With --layerwise every value becomes an output: two such folders, from two machines or two versions
of the runtime, are compared by "diff".
`

/** Adds `yolo-loss record`. */
export function addRecord(program: Command): void {
  const command = program
    .command('record <model>')
    .description('Run a model and keep its inputs and outputs as a case, to be verified later or elsewhere.')
    .addHelpText('after', details)
  addFlags(command, flags).action(async (file: string, given: RecordFlags) => {
    const count = await record(file, given)
    process.stderr.write(`wrote ${given.output} (${count} outputs of ${basename(file)} on ${given.ep})\n`)
  })
}

/** The model as it is run, and the level it is run at. */
function prepared(bytes: Uint8Array, file: string, { layerwise, optimization }: RecordFlags) {
  if (!layerwise) return { model: bytes, optimization }
  const graph = dissect(bytes, file)
  return { model: graph.exposed(graph.nodes.length), optimization: 'disabled' as const }
}

/** Runs and writes. @returns the number of outputs */
async function record(file: string, given: RecordFlags): Promise<number> {
  const bytes = await readBytes(file)
  const test = await readCase(given.inputs)
  const { model, optimization } = prepared(bytes, file, given)
  const info = readModel(model, file)
  const inputs = inputsOf(test, info)
  const feeds = Object.fromEntries(inputs)
  const run = await runOnce(placeOf(given), { file, model, feeds, optimization, placement: 'listed' })
  const named = (map: typeof run.outputs) => [...map].map(([name, tensor]) => ({ name, tensor }))
  await writeCase(given.output, {
    model,
    inputs: named(inputs),
    outputs: named(run.outputs),
    tolerances: lastAsked(given, usual),
    info: recorded(file, modelConfig(info.metadata), {
      runtime: `onnxruntime-node ${run.runtime}`,
      provider: given.ep,
      nodes: nodesBy(run.placement),
      optimization,
      layerwise: given.layerwise ?? false,
      model: { file: basename(file), sha256: createHash('sha256').update(bytes).digest('hex') },
      inputs: test.name,
    }),
  })
  return run.outputs.size
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
