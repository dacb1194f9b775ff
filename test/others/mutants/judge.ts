import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Verdict } from '../../support/verdict.js'
import type { State } from './state.js'
import type { Subject } from './subjects.js'
import type { Told } from './worker.js'

/** How long a mutant may take, and the cases of a graph. */
const patience = 120_000

const worker = fileURLToPath(new URL('worker.ts', import.meta.url))

/** One process that judges mutants of a subject until it is done or dies; what it died of is a verdict. */
function round({ form, name }: Subject, places: readonly number[], state: State): Promise<void> {
  const child: ChildProcess = fork(worker, [form, name], { stdio: ['ignore', 'inherit', 'ignore', 'ipc'] })
  return new Promise((done, fail) => {
    let current: number | undefined
    let reason: Verdict = 'the process ends'
    const stop = () => {
      reason = 'takes too long'
      child.kill('SIGKILL')
    }
    let timer = setTimeout(stop, patience)
    child.on('message', (told: Told) => {
      clearTimeout(timer)
      timer = setTimeout(stop, patience)
      if ('key' in told) child.send(state.open(told.key, places))
      else if ('begun' in told) current = told.begun
      else if ('judged' in told) state.add(told.judged, told.verdict)
      else current = undefined
      if ('judged' in told) current = undefined
    })
    child.on('exit', (code) => {
      clearTimeout(timer)
      if (current !== undefined) state.add(current, reason)
      else if (code !== 0) return fail(new Error(`${form} ${name}: the cases cannot be made`))
      done()
    })
  })
}

/** The verdicts on some mutants of a subject, by their places; those already in the state are not asked for again. */
export async function verdicts(
  subject: Subject,
  places: readonly number[],
  state: State,
): Promise<ReadonlyMap<number, Verdict>> {
  do await round(subject, places, state)
  while (places.some((place) => !state.verdicts.has(place)))
  return new Map(places.map((place) => [place, state.verdicts.get(place)]))
}
