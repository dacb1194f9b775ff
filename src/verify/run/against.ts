import { basename, join } from 'node:path'
import { type AnyTensor, isFolder, listed, readBytes, refuse } from '../../io/index.js'
import { readModel } from '../../onnx/index.js'
import type { Feeds, Runner } from '../../runtime/index.js'
import { bindTensors, findCases, readCase, type TestCase } from '../cases/testcase.js'
import { renamedInfo, runnerFor } from '../judge/names.js'
import type { Against, ForeignNames } from '../judge/options.js'

/** Another graph, run on the same inputs. */
async function graph(file: string, names: ForeignNames | undefined): Promise<Against> {
  const model = await readBytes(file)
  const info = readModel(model, file)
  const isForeign = names !== undefined && info.inputs.some(({ name }) => names.inputs.has(name))
  const { inputs } = isForeign ? renamedInfo(info, names) : info
  return {
    label: basename(file),
    async outputs(_, feeds, runner: Runner) {
      const own: Feeds = Object.fromEntries(
        Object.entries(feeds).filter(([name]) => inputs.some((i) => i.name === name)),
      )
      const run = isForeign ? runnerFor(runner, names) : runner
      const { runs } = await run({ file, model, session: {}, feeds: [own] })
      const [outcome] = runs
      if (!outcome || 'error' in outcome) throw outcome?.error ?? new Error(`${file} was not run`)
      return outcome.outputs
    },
  }
}

/** The last part of the name of a case, which is that of its folder. */
const lastPart = (name: string): string => name.split('/').at(-1) ?? name

/** The outputs that a case holds, by their names or places. */
async function outputsIn({ dataSets, dir }: TestCase): Promise<ReadonlyMap<string, AnyTensor>> {
  const names = await readBytes(join(dir, 'model.onnx'))
    .then((bytes) => readModel(bytes, dir).outputs.map(({ name }) => name))
    .catch(() => [])
  return bindTensors(dataSets[0]?.outputs ?? [], names, 'output', dir)
}

/** Cases as `record` or `--keep` wrote them, by the name of the case that is run; one case is for everything. */
async function folder(dir: string): Promise<Against> {
  const cases = await Promise.all((await findCases(dir)).map(readCase))
  return {
    label: basename(dir),
    async outputs(name) {
      const [only] = cases
      const found = cases.length === 1 ? only : cases.find((own) => own.name === lastPart(name))
      const names = cases.map((own) => own.name)
      return found
        ? outputsIn(found)
        : refuse('E_FIXTURE', dir, `it has no case ${lastPart(name)}`, `it has ${listed(names)}`)
    },
  }
}

/** What outputs are compared with beside the reference: other graphs, or folders of cases. */
export const againstOf = (paths: readonly string[], names?: ForeignNames): Promise<Against[]> =>
  Promise.all(paths.map((path) => (isFolder(path) ? folder(path) : graph(path, names))))
