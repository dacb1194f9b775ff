import type { Command } from 'commander'
import { exitCodes, Fault, float32 } from '../../io/index.js'
import { encodeModel, Graph } from '../../onnx/index.js'
import { add } from '../../onnx/math.js'
import {
  defaultLimits,
  examine,
  type Finding,
  type Provider,
  providerNames,
  runOnce,
  setUpCuda,
  thisSystem,
} from '../../runtime/index.js'
import { addFlags, flag, flagsOf, type ValuesOf } from '../groups/flag.js'
import { examples } from '../groups/help.js'
import { jsonReport } from '../groups/report.js'
import { json, someProviders } from '../groups/run.js'
import type { Shell } from '../shell.js'

const doctorFlags = flagsOf(someProviders('providers that must work'), json())

const setupFlags = flagsOf(
  flag('--from <path>', 'folder, wheel (onnxruntime-gpu) or NuGet package that holds it'),
  flag('--force', 'replace a provider that is there already'),
  flag('--trust', 'take libraries of which no published SHA-256 is known, or nothing tells the version'),
  json(),
)

/** Adds `yolo-loss doctor` and `yolo-loss setup-cuda`. */
export function addDoctor(program: Command, shell: Shell): void {
  const doctor = program
    .command('doctor')
    .description(
      'Look at Node, onnxruntime, its providers and what they need; name the command that mends each problem.',
    )
    .addHelpText('after', examples('doctor', 'doctor --ep cpu,cuda --json'))
  addFlags(doctor, doctorFlags).action(async ({ ep, json }: ValuesOf<typeof doctorFlags>) => {
    const findings = await diagnose()
    const broken = findings.some((f) => f.state === 'problem' && mustWork(f, ep))
    const text = json ? JSON.stringify({ ok: !broken, findings }, null, 2) : findings.map(line).join('\n')
    process.stdout.write(`${text}\n`)
    shell.finish(broken ? exitCodes.runtime : exitCodes.ok)
  })
  const setup = program
    .command('setup-cuda')
    .description('Put the CUDA provider beside onnxruntime-node: from its own feed, or from a folder or package.')
    .addHelpText('after', examples('setup-cuda', 'setup-cuda --from onnxruntime_gpu.whl --force'))
  addFlags(setup, setupFlags).action(async (given: ValuesOf<typeof setupFlags>) => {
    const lines = await setUpCuda(thisSystem(), given)
    process.stdout.write(given.json ? jsonReport({ lines }) : `${lines.join('\n')}\n`)
  })
}

const mustWork = ({ subject }: Finding, providers: readonly Provider[]): boolean =>
  ['node', 'onnxruntime-node', ...providers].includes(subject)

const line = ({ subject, state, what, remedy }: Finding): string =>
  `${state === 'ok' ? 'ok     ' : 'PROBLEM'}  ${subject}: ${what}${remedy === undefined ? '' : `\n         mend it: ${remedy}`}`

/** What can be seen, and for each provider that looks sound whether it runs. */
async function diagnose(): Promise<Finding[]> {
  const findings = examine(thisSystem())
  const sick = new Set(findings.filter((f) => f.state === 'problem').map((f) => f.subject))
  for (const provider of providerNames) {
    if (!sick.has(provider) && !sick.has('onnxruntime-node')) findings.push(await tried(provider))
  }
  return findings
}

/** Runs one addition, in a process of its own because a failed start may spoil the process. */
async function tried(provider: Provider): Promise<Finding> {
  const graph = new Graph()
  const x = graph.input('x', 'float32', [2])
  const model = encodeModel(graph.build({ y: add(x, x) }))
  const feeds = { x: float32([2], [1, 2]) }
  const limits = { ...defaultLimits, timeout: 30 }
  try {
    await runOnce({ provider, limits }, { file: 'a test graph', model, feeds, placement: 'strict' })
    return { subject: provider, state: 'ok', what: 'runs a test graph' }
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    const { lead, remedy = 'yolo-loss doctor -v' } = error
    return { subject: provider, state: 'problem', what: lead, remedy }
  }
}
