import { readBytes } from '../../io/index.js'
import { readModel } from '../../onnx/index.js'
import { isolated, type Limits, type Optimization, type Provider, providers, type Runner } from '../../runtime/index.js'
import { caseConfig } from '../cases/caseconfig.js'
import { inputsOf, readCase } from '../cases/testcase.js'
import { type Asked, lastAsked, usual } from '../cases/tolerance.js'
import type { LayerTolerance } from '../layers/diverge.js'
import { type LayerReport, locateFirst } from '../layers/locate.js'
import { writeRepro } from '../layers/repro.js'
import { renderLayers } from '../layers/text.js'
import type { Side, Trace } from '../layers/trace.js'
import type { Job, Prepared } from './job.js'

/** How the layers of a case came out. */
export interface CaseLayers {
  readonly case: string
  readonly report: LayerReport
  readonly text: string
  /** Both runs, with every value. */
  readonly left: Trace
  readonly right: Trace
}

interface LayerwiseFlags extends Asked {
  readonly ep: readonly Provider[]
  readonly repro?: string
}

type End = readonly [provider: Provider, optimization: Optimization]

/**
 * What is held against what: the first provider against each other one; one that is not the CPU against the CPU; the
 * CPU alone, unoptimised against optimised.
 */
function pairsOf(providers: readonly Provider[]): readonly (readonly [End, End])[] {
  const [first = 'cpu', ...rest] = providers
  if (rest.length > 0) return rest.map((p) => [[first, 'disabled'] as const, [p, 'disabled'] as const] as const)
  if (first !== 'cpu') return [[['cpu', 'disabled'] as const, [first, 'disabled'] as const] as const]
  return [[['cpu', 'disabled'] as const, ['cpu', 'all'] as const] as const]
}

/** Rounding differs between providers and with fusion, by as much as the tolerances of `verify` grant an element. */
function toleranceOf(ends: readonly [End, End], flags: LayerwiseFlags): LayerTolerance {
  const rounding = Math.max(...ends.map(([provider]) => providers[provider].rounding))
  return lastAsked(flags, { rtol: usual.rtol * rounding, atol: 0 })
}

/** The model of a case as a file: given, or in its folder. */
async function modelOf({ source, options }: Prepared) {
  const test = typeof source === 'string' ? await readCase(source) : source
  const file = options.model?.file ?? `${test.dir}/model.onnx`
  return { test, file, bytes: options.model?.bytes ?? (await readBytes(file)) }
}

/** Compares every value of one case between two ends. */
async function layersOf(
  prepared: Prepared,
  ends: readonly [End, End],
  runners: readonly [Runner, Runner],
  flags: LayerwiseFlags,
) {
  const { test, file, bytes } = await modelOf(prepared)
  const feeds = Object.fromEntries(inputsOf(test, readModel(bytes, file)))
  const side = ([provider, optimization]: End, runner: Runner): Side => {
    return { label: `${provider}/${optimization}`, bytes, file, provider, optimization, runner }
  }
  const tolerance = toleranceOf(ends, flags)
  const found = await locateFirst(side(ends[0], runners[0]), side(ends[1], runners[1]), feeds, tolerance)
  const { report, left, right } = found
  if (report.first && flags.repro) await writeRepro(flags.repro, report, report.first, left, right, tolerance)
  const text = `${test.name}: ${renderLayers(report, left, caseConfig(test.info.config))}`
  return { case: test.name, report, text, left, right }
}

/** A case for each data set that has a report of its own. */
function setsOf(prepared: Prepared, { cases }: Job): Prepared[] {
  const { source } = prepared
  if (!cases || typeof source === 'string') return [prepared]
  return source.dataSets.map((set) => ({ ...prepared, source: { ...source, name: set.name, dataSets: [set] } }))
}

/** Compares every value of every case. The graph is the one that suits the last provider asked for. */
export async function layerwise(jobs: readonly Job[], flags: LayerwiseFlags, limits: Limits): Promise<CaseLayers[]> {
  const found: CaseLayers[] = []
  for (const ends of pairsOf(flags.ep)) {
    const [left, right] = [ends[0][0], ends[1][0]]
    await isolated({ provider: left, limits }, (a) =>
      isolated({ provider: right, limits }, async (b) => {
        for (const job of jobs)
          for (const one of setsOf(await job.prepare(right), job)) found.push(await layersOf(one, ends, [a, b], flags))
      }),
    )
  }
  return found
}
