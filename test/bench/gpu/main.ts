import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { thisSystem } from '../../../src/runtime/doctor/system.js'
import { exitCodes } from '../../../src/io/exit.js'
import type { Provider } from '../../../src/runtime/providers/all.js'
import { brief, thorough } from '../bench.js'
import { cases, quickCase } from '../cases.js'
import { machine } from '../machine.js'
import type { Effort } from '../measure.js'
import type { Found } from '../python.js'
import { benchOn, type GpuReport } from './bench.js'
import { findTorch } from './peers.js'
import { absence, isSoftware, probe } from './probe.js'
import { gpuText, legend } from './report.js'

const usage = `npm run bench:gpu -- [--ep cuda|webgpu] [--quick] [--case NAME]… [--no-peers] [--json FILE]
npm run bench:webgpu -- …, the same on a software driver for WebGPU
cases: ${cases.map(({ name }) => name).join(', ')}, ${quickCase.name}; 8/20 and 1/5 unless said`

const { values } = parseArgs({
  options: {
    ep: { type: 'string', default: 'cuda' },
    quick: { type: 'boolean', default: false },
    case: { type: 'string', multiple: true },
    'no-peers': { type: 'boolean', default: false },
    json: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})

class UsageError extends Error {}

function caseNamed(name: string) {
  const found = [...cases, quickCase].find((c) => c.name === name)
  if (!found) throw new UsageError(`there is no case ${name}`)
  return found
}

function providerNamed(name: string): Provider {
  if (name === 'cuda' || name === 'webgpu') return name
  throw new UsageError(`there is no bench for the provider ${name}; npm run bench is the one for the CPU`)
}

// A software driver takes every processor, and what it takes looks like a disturbance.
const patient: Effort = { ...thorough, patience: 60 }
const onSoftware: Effort = { ...thorough, rounds: 9, patience: 0 }

function peersFor(software: boolean): Found {
  if (values['no-peers']) return { why: 'left out by --no-peers' }
  return software ? { why: 'there is no PyTorch for a software driver' } : findTorch()
}

async function bench(provider: Provider): Promise<void> {
  const chosen = (values.case ?? (values.quick ? ['quick'] : ['8/20', '1/5'])).map(caseNamed)
  await probe(provider)
  const software = isSoftware(provider)
  const torch = peersFor(software)
  const here = machine({ PyTorch: 'why' in torch ? `absent: ${torch.why}` : torch.version })
  const device = software ? 'software Vulkan driver, no GPU' : thisSystem().gpus.join('; ') || 'not told by nvidia-smi'
  console.log(`${here.date}, ${provider} on: ${device}; ${here.cpu}, ${here.memory}`)
  for (const [name, version] of Object.entries(here.versions)) console.log(`  ${name}: ${version}`)
  if (software) console.log('THESE TIMES SAY NOTHING ABOUT GPUs: the driver computes on the processor.')
  console.log('Medians of interleaved turns, with quartiles. × is the median ratio within a round.\n')
  const effort = values.quick ? brief : software ? onSoftware : patient
  const reports: GpuReport[] = []
  for (const one of chosen) {
    const report = await benchOn(provider, one, torch, effort, values.quick ? 5 : 15)
    reports.push(report)
    console.log(gpuText(report))
  }
  for (const line of legend) console.log(line)
  if (values.json)
    writeFileSync(values.json, `${JSON.stringify({ machine: here, provider, device, cases: reports }, null, 1)}\n`)
}

if (values.help) {
  console.log(usage)
} else {
  try {
    await bench(providerNamed(values.ep))
  } catch (error) {
    if (error instanceof UsageError) {
      console.error(`${error.message}\n${usage}`)
      process.exitCode = exitCodes.usage
    } else if ((error as { exitCode?: number }).exitCode === exitCodes.runtime) {
      console.error(`bench:gpu DID NOT RUN: ${absence(values.ep as Provider, error)}`)
      process.exitCode = exitCodes.runtime
    } else throw error
  }
}
