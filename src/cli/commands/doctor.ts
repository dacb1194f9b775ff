import type { Command } from 'commander'
import { examine, type Finding, setUpCuda, thisSystem } from '../../doctor/index.js'
import { exitCodes, unzipNamed } from '../../io/index.js'
import { encodeModel, Graph } from '../../onnx/index.js'
import { add } from '../../onnx/ops/index.js'
import { defaultLimits, Isolate, type Provider } from '../../runtime/index.js'
import type { Finish } from '../finish.js'
import { parseProviders } from '../groups/flags.js'

/** Adds `yolo-loss doctor` and `yolo-loss setup-cuda`. */
export function addDoctor(program: Command, finish: Finish): void {
  program
    .command('doctor')
    .description(
      'Look at Node, onnxruntime, its providers and what they need; name the command that mends each problem.',
    )
    .option('--ep <names>', 'providers that must work: cpu, webgpu, cuda', parseProviders, ['cpu' as const])
    .option('--json', 'one JSON object instead of text')
    .action(async ({ ep, json }: { ep: Provider[]; json?: boolean }) => {
      const findings = await diagnose()
      const broken = findings.some((f) => f.state === 'problem' && mustWork(f, ep))
      const text = json ? JSON.stringify({ ok: !broken, findings }, null, 2) : findings.map(line).join('\n')
      process.stdout.write(`${text}\n`)
      finish(broken ? exitCodes.runtime : exitCodes.ok)
    })
  program
    .command('setup-cuda')
    .description('Put the CUDA provider beside onnxruntime-node: from its own feed, or from a folder or package.')
    .option('--from <path>', 'folder, wheel (onnxruntime-gpu) or NuGet package that holds it')
    .option('--force', 'replace what is there; take libraries of which nothing tells the version')
    .action(async ({ from, force = false }: { from?: string; force?: boolean }) => {
      const options = { force, unpack: unzipNamed, ...(from === undefined ? {} : { from }) }
      const lines = await setUpCuda(thisSystem(), options)
      process.stdout.write(`${lines.join('\n')}\n`)
    })
}

const mustWork = ({ subject }: Finding, providers: readonly Provider[]): boolean =>
  subject === 'node' || subject === 'onnxruntime-node' || providers.includes(subject)

const line = ({ subject, state, what, remedy }: Finding): string =>
  `${state === 'ok' ? 'ok     ' : 'PROBLEM'}  ${subject}: ${what}${remedy === undefined ? '' : `\n         mend it: ${remedy}`}`

/** What can be seen, and for each provider that looks sound whether it runs. */
async function diagnose(): Promise<Finding[]> {
  const findings = examine(thisSystem())
  const sick = new Set(findings.filter((f) => f.state === 'problem').map((f) => f.subject))
  for (const provider of ['cpu', 'webgpu', 'cuda'] as const) {
    if (!sick.has(provider) && !sick.has('onnxruntime-node')) findings.push(await tried(provider))
  }
  return findings
}

/** Runs one addition, in a process of its own because a failed start may spoil the process. */
async function tried(provider: Provider): Promise<Finding> {
  const graph = new Graph()
  const x = graph.input('x', 'float32', [2])
  const model = encodeModel(graph.build({ y: add(x, x) }))
  const feeds = [{ x: { dtype: 'float32', shape: [2], data: Float32Array.of(1, 2) } as const }]
  const isolate = new Isolate({ provider, limits: { ...defaultLimits, timeout: 30 } })
  try {
    await isolate.run({ file: 'a test graph', model, session: { provider }, feeds, placement: 'strict' })
    return { subject: provider, state: 'ok', what: 'runs a test graph' }
  } catch (error) {
    const [what = '', hint = ''] = (error as Error).message.split('\n')
    const remedy = hint.replace(/^\s*hint: /, '') || 'yolo-loss doctor -v'
    return { subject: provider, state: 'problem', what, remedy }
  } finally {
    isolate.close()
  }
}
