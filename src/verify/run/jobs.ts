import { basename } from 'node:path'
import { InputError, isFolder, readBytes, refuse } from '../../io/index.js'
import { encodeModel, readModel } from '../../onnx/index.js'
import { type Provider, providers } from '../../runtime/index.js'
import type { LossConfig } from '../../yolo/index.js'
import { coarsestStride, formNames, formOf, lossModel, resolveConfig, semantics } from '../../yolo/index.js'
import { type Difference, differenceOf, modelConfig } from '../cases/match.js'
import { findCases, readCase, type TestCase } from '../cases/testcase.js'
import { groupBy } from '../compare/group.js'
import type { VerifyOptions } from '../judge/options.js'
import type { PlacementRule } from '../judge/result.js'

/** A case to be run, with what it takes to run it. */
export interface Job {
  readonly name: string
  /** Reads what is needed, builds the graph. @throws InputError */
  prepare(provider: Provider): Promise<Prepared>
}

export interface Prepared {
  readonly source: TestCase | string
  readonly options: Pick<VerifyOptions, 'model' | 'absent' | 'placement' | 'semantics'>
}

export interface JobFlags {
  readonly fixtures: string
  readonly opset?: string
  readonly form?: LossConfig['form']
  readonly allowFallback?: boolean
}

/** The cases of a folder. @throws InputError when it holds none, for nothing compared is no success */
async function casesIn(dir: string): Promise<string[]> {
  if (!isFolder(dir))
    refuse(
      'E_FIXTURE',
      dir,
      'there is no such folder of cases',
      'name one with --fixtures DIR; the cases of this library are in its repository, not in the npm package',
    )
  const dirs = await findCases(dir)
  if (dirs.length > 0) return dirs
  return refuse('E_FIXTURE', dir, 'holds no case', 'a case is a folder with test_data_set_0')
}

/** Whether a form, by the name that a model gives, has nodes that run on the CPU whatever the provider. */
const isMixed = (name: unknown): boolean =>
  formNames.some((form) => form === name && formOf(form).placement === 'mixed')

/** What to ask of the places of a model's nodes: of a form of ours that cannot be all on a provider, only a list. */
function ruleFor(config: unknown, flags: JobFlags): PlacementRule {
  const form = (config as { form?: unknown } | undefined)?.form ?? (config === undefined ? undefined : 'compact')
  return flags.allowFallback || isMixed(form) ? 'listed' : 'strict'
}

/** Every case with the model in its folder. */
async function stored(dir: string, flags: JobFlags): Promise<Job[]> {
  return (await casesIn(dir)).map((path) => ({
    name: basename(path),
    prepare: async () => {
      const file = `${path}/model.onnx`
      const model = await readBytes(file)
        .then((bytes) => ({ bytes, file }))
        .catch(() => undefined)
      const config = model && configOf(model)
      return { source: path, options: { placement: ruleFor(config, flags), ...(model ? { model } : {}) } }
    },
  }))
}

/** The configuration a model carries; a model that cannot be read is refused later, where it becomes a failed row. */
function configOf({ bytes, file }: { bytes: Uint8Array; file: string }): unknown {
  try {
    return modelConfig(readModel(bytes, file).metadata)
  } catch {
    return undefined
  }
}

/** The form a provider can take whole, with the sizes it must know; `compact` where anything goes. */
function formFor(provider: Provider, source: TestCase, form: LossConfig['form'] = providers[provider].form) {
  if (formOf(form).needs.length === 0) return { form }
  const labels = source.dataSets[0]?.inputs.find(({ name }) => name === 'y_true_0')?.tensor.shape
  const [batch, h, w] = labels ?? []
  if (batch === undefined || h === undefined || w === undefined) return { form }
  return { form, batch, input: [h * coarsestStride, w * coarsestStride] }
}

/** Every case with the graph that its configuration gives, in the form that suits the provider. */
async function built(flags: JobFlags): Promise<Job[]> {
  const opset = flags.opset === undefined ? {} : { opset: Number(flags.opset) }
  return (await casesIn(flags.fixtures)).map((path) => ({
    name: basename(path),
    prepare: async (provider) => {
      const source = await readCase(path)
      const form = formFor(provider, source, flags.form)
      const own = source.info.config as object
      const config = resolveConfig({ ...own, ...form, ...opset, components: true, masks: true })
      const model = { bytes: encodeModel(lossModel(config)), file: `${config.form} graph of ${source.name}` }
      return { source, options: { model, placement: ruleFor(config, flags) } }
    },
  }))
}

/** One graph on the cases made for its configuration. @throws InputError when there is none */
async function graph(file: string, flags: JobFlags): Promise<Job[]> {
  const bytes = await readBytes(file)
  const { metadata } = readModel(bytes, file)
  const jobs: Job[] = []
  const refused: Difference[] = []
  for (const path of await casesIn(flags.fixtures)) {
    const source = await readCase(path)
    const match = { metadata, model: file, config: source.info.config, fixture: source.name, semantics }
    const different = differenceOf(match)
    if (different) refused.push(different)
    if (different) continue
    const options = {
      model: { bytes, file },
      absent: 'skip',
      placement: ruleFor(modelConfig(metadata), flags),
      semantics,
    } as const
    jobs.push({ name: source.name, prepare: async () => ({ source, options }) })
  }
  if (jobs.length === 0) throw noneFits(file, flags.fixtures, refused)
  return jobs
}

/** Longer values, of anchors for instance, help nobody in a message. */
const longestShown = 40

/** What the configurations of all cases have against a graph, not only that of one of them. */
function noneFits(file: string, fixtures: string, refused: readonly Difference[]): InputError {
  const byKey = groupBy(refused, ({ key }) => key)
  const lines = [...byKey].map(([key, differences]) => {
    const values = [...groupBy(differences, ({ there }) => there)]
    const here = differences[0]?.here ?? ''
    if ([here, ...values.map(([there]) => there)].some((value) => value.length > longestShown))
      return `"${key}" is another in ${differences.length}`
    return `"${key}" is ${here}, but ${values.map(([there, { length }]) => `${there} in ${length}`).join(' and ')}`
  })
  const what = `none of the ${refused.length} cases in ${basename(fixtures)} was made for its configuration`
  const remedy = 'export a graph for one of them, or name other cases with --fixtures DIR'
  return new InputError('E_CONFIG_MISMATCH', { where: file, what: [what, ...lines].join('\n  '), remedy })
}

/** What the targets of the command line ask for; without one, the graph of every fixture. */
export async function jobsOf(targets: readonly string[], flags: JobFlags): Promise<Job[]> {
  if (targets.length === 0) return built(flags)
  const jobs: Job[] = []
  for (const target of targets) jobs.push(...(await (isFolder(target) ? stored : graph)(target, flags)))
  return jobs
}
