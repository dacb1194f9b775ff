import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { benchCase, benchGrowth, brief, type Growth, growthRows, thorough } from './bench.js'
import { cases, quickCase, sweeps } from './cases.js'
import { goalLines } from './goals.js'
import { machine } from './machine.js'
import { overheadLines } from './overhead.js'
import { pageLines } from './pages.js'
import { findPeers, noPeers, type PeerName, type Peers, peerNames } from './peers.js'
import { profile, profileText } from './profile.js'
import { type CaseReport, caseText, columns } from './report.js'
import { plot } from './svg.js'
import { type Form, forms } from './variants.js'

const usage = `npm run bench -- [--quick] [--busy] [--case NAME]… [--peer NAME]… [--no-peers] [--no-growth] [--no-overhead]
             [--no-pages] [--json FILE] [--svg FILE]
npm run bench -- --profile FORM CASE [--gradients]

--quick, few rounds of a small case, without peers unless they are named
--busy, for a machine that others use: one thread each, processor time instead of wall time
cases: ${cases.map(({ name }) => name).join(', ')}, ${quickCase.name}; forms: ${forms.join(', ')}
peers: ${peerNames.join(', ')}; all unless said`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    busy: { type: 'boolean', default: false },
    case: { type: 'string', multiple: true },
    peer: { type: 'string', multiple: true },
    'no-peers': { type: 'boolean', default: false },
    'no-growth': { type: 'boolean', default: false },
    'no-overhead': { type: 'boolean', default: false },
    'no-pages': { type: 'boolean', default: false },
    json: { type: 'string' },
    svg: { type: 'string' },
    profile: { type: 'string' },
    gradients: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

function caseNamed(name: string | undefined) {
  const found = [...cases, quickCase].find((c) => c.name === name)
  if (!found) throw new RangeError(`there is no case ${name}\n${usage}`)
  return found
}

function peerNamed(name: string): PeerName {
  const found = peerNames.find((peer) => peer === name)
  if (!found) throw new RangeError(`there is no peer ${name}\n${usage}`)
  return found
}

function chosenPeers(folder: string): Peers {
  if (values['no-peers'] || (values.quick && !values.peer)) return noPeers
  return findPeers(folder, values.peer?.map(peerNamed))
}

if (values.busy) process.env.BENCH_BUSY = '1'
const how = values.busy ? '1 thread each, processor time' : '2 threads each, wall time'

async function bench(folder: string): Promise<void> {
  const peers = chosenPeers(folder)
  const here = machine(peers.versions)
  console.log(`${here.date}, ${here.cpu}, ${here.memory}, load ${here.load.toFixed(1)}`)
  for (const [name, version] of Object.entries(here.versions)) console.log(`  ${name}: ${version}`)
  console.log(`${how}; medians of interleaved turns, with quartiles. × is the median ratio within a round.\n`)
  const chosen = values.case?.map(caseNamed) ?? (values.quick ? [quickCase] : cases)
  const reports: CaseReport[] = []
  for (const one of chosen) {
    reports.push(await benchCase(one, peers, values.quick ? brief : thorough))
    console.log(caseText(reports.at(-1) as CaseReport))
  }
  const growth: Growth[] = []
  if (!values.quick && !values['no-growth'])
    for (const [along, series] of Object.entries(sweeps)) {
      growth.push(await benchGrowth(along, series, peers))
      console.log(`${columns(growthRows(growth.at(-1) as Growth)).join('\n')}\n`)
    }
  for (const line of goalLines(reports)) console.log(line)
  if (!values['no-overhead'])
    for (const line of await overheadLines(values.quick ? 1 : 7, values.busy)) console.log(line)
  if (!values['no-pages']) for (const line of await pageLines(values.quick ? 1 : 7)) console.log(line)
  for (const { name, why } of peers.missing) console.error(`DID NOT RUN: ${name}: ${why}`)
  if (values.json)
    writeFileSync(values.json, `${JSON.stringify({ machine: here, how, cases: reports, growth }, null, 1)}\n`)
  if (values.svg) writeFileSync(values.svg, plot(reports, growth, here, how))
}

if (values.help) {
  console.log(usage)
} else if (values.profile !== undefined) {
  if (!forms.includes(values.profile as Form)) throw new RangeError(`there is no form ${values.profile}\n${usage}`)
  console.log(profileText(await profile(values.profile as Form, caseNamed(positionals[0]), values.gradients)))
} else {
  const folder = mkdtempSync(join(tmpdir(), 'yolo-loss-peers-'))
  try {
    await bench(folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}
