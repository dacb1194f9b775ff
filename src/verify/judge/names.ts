import type { ModelInfo, ModelValue } from '../../onnx/index.js'
import { type Runner, runTask } from '../../runtime/index.js'
import type { ForeignNames, VerifyOptions } from './options.js'

const inOurs = (values: readonly ModelValue[], names: ReadonlyMap<string, string>): ModelValue[] =>
  values.map((value) => ({ ...value, name: names.get(value.name) ?? value.name }))

const swapped = (names: ReadonlyMap<string, string>): Map<string, string> =>
  new Map([...names].map(([theirs, ours]) => [ours, theirs]))

const translated = <T>(entries: Iterable<readonly [string, T]>, names: ReadonlyMap<string, string>): Map<string, T> =>
  new Map([...entries].map(([name, value]) => [names.get(name) ?? name, value]))

/** A runner that takes feeds and gives outputs by our names, for a model that has its own. */
export function runnerFor(runner: Runner, { inputs, outputs }: ForeignNames): Runner {
  const theirs = swapped(inputs)
  return async (task) => {
    const feeds = task.feeds.map((own) => Object.fromEntries(translated(Object.entries(own), theirs)))
    const result = await runner({ ...task, feeds })
    const runs = result.runs.map((run) =>
      'error' in run ? run : { outputs: translated(run.outputs, outputs), unread: translated(run.unread, outputs) },
    )
    return { ...result, runs }
  }
}

/** What is known of a foreign model, by our names. */
export const renamedInfo = (info: ModelInfo, { inputs, outputs }: ForeignNames): ModelInfo => ({
  ...info,
  inputs: inOurs(info.inputs, inputs),
  outputs: inOurs(info.outputs, outputs),
})

/** A foreign model as if it had our names. */
export function renamed(info: ModelInfo, options: VerifyOptions, names: ForeignNames) {
  return {
    info: renamedInfo(info, names),
    options: { ...options, runner: runnerFor(options.runner ?? runTask, names) },
  }
}
