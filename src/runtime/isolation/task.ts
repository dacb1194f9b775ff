import { join } from 'node:path'
import { type AnyTensor, heartbeatOf, removeScratch, scratchFolder } from '../../io/index.js'
import { ProviderError } from '../errors.js'
import type { Feeds } from '../feeds.js'
import { runtimeVersion } from '../ort.js'
import { type PlacedNode, type Placement, takeProfile } from '../placement.js'
import { providers } from '../providers/all.js'
import { openSession, type Session, type SessionOptions } from '../session.js'
import { Watchdog } from './watchdog.js'

/** A model with the inputs of one or more runs: what a child process is sent. */
export interface Task {
  /** What to call the model in messages. */
  readonly file: string
  readonly model: Uint8Array
  readonly session: Pick<SessionOptions, 'provider' | 'optimization' | 'threads' | 'deviceId'>
  /** Inputs of each run. */
  readonly feeds: readonly Feeds[]
  /** `strict` refuses a model of which a node would run elsewhere; `listed` only tells. Default: not asked. */
  readonly placement?: 'strict' | 'listed'
}

/** Outputs of one run, or why there are none. */
export type Outcome<E = Error> =
  | { readonly outputs: ReadonlyMap<string, AnyTensor>; readonly unread: ReadonlyMap<string, E> }
  | { readonly error: E }

export interface TaskResult<E = Error> {
  /** Version of onnxruntime-node. */
  readonly runtime: string
  readonly runs: readonly Outcome<E>[]
  readonly placement?: Placement
}

/** Runs tasks; in this process or in another. */
export type Runner = (task: Task) => Promise<TaskResult>

let profiles = 0

async function runAll(session: Session, task: Task): Promise<Outcome[]> {
  const runs: Outcome[] = []
  for (const feeds of task.feeds) {
    try {
      runs.push(await session.runAny(feeds))
    } catch (error) {
      runs.push({ error: error as Error })
    }
  }
  return runs
}

async function attempt(task: Task, scratch: string, strict: boolean): Promise<TaskResult> {
  const prefix = join(scratch, `p${process.pid}-${profiles++}`)
  const profile = task.placement === undefined ? {} : { profilePrefix: prefix }
  const session = await openSession(task.model, { ...task.session, strict, file: task.file, ...profile })
  const runs = await runAll(session, task).finally(() => session.release())
  const placed = task.placement === undefined ? {} : { placement: await takeProfile(prefix) }
  return { runtime: await runtimeVersion(), runs, ...placed }
}

const isElsewhere = (error: unknown): error is ProviderError =>
  error instanceof ProviderError && error.code === 'E_PROVIDER_PLACEMENT'

const label = ({ node, op, provider }: PlacedNode): string => `${node || '(unnamed)'} (${op}, ${provider})`

/** onnxruntime refuses without saying which node it could not place, so the nodes are found by letting it run once. */
async function nameElsewhere(task: Task, scratch: string, refusal: ProviderError): Promise<ProviderError> {
  const { provider = 'cpu' } = task.session
  const run = await attempt(task, scratch, false).catch(() => undefined)
  const nodes = run?.placement?.nodes.filter((n) => n.provider !== providers[provider].profiled) ?? []
  if (nodes.length === 0) return refusal
  const shown = nodes.slice(0, 8).map((node) => `\n  ${label(node)}`)
  const more = nodes.length > shown.length ? `\n  and ${nodes.length - shown.length} more` : ''
  const what = `${nodes.length} nodes of ${task.file} would run elsewhere:${shown.join('')}${more}`
  const remedy = 'use a graph made for this provider, or allow it: --allow-fallback'
  return new ProviderError('E_PROVIDER_PLACEMENT', provider, what, remedy, refusal)
}

async function runIn(folder: string, task: Task): Promise<TaskResult> {
  try {
    return await attempt(task, folder, task.placement === 'strict')
  } catch (error) {
    throw isElsewhere(error) && task.placement === 'strict' ? await nameElsewhere(task, folder, error) : error
  }
}

/** Only a profile needs a folder, and one that is not taken for abandoned while a long run blocks this thread. */
async function runHere(task: Task): Promise<TaskResult> {
  if (task.placement === undefined) return runIn('', task)
  const folder = scratchFolder()
  const watchdog = new Watchdog({ heartbeat: heartbeatOf(folder) })
  return runIn(folder, task).finally(async () => {
    await watchdog.stop()
    removeScratch(folder)
  })
}

/**
 * Runs a task in this process.
 * @param scratch an existing folder for profiles; default is one that is made and removed again
 * @throws what `openSession` and `scratchFolder` throw; a run that fails is in the result
 */
export const runTask = (task: Task, scratch?: string): Promise<TaskResult> =>
  scratch === undefined ? runHere(task) : runIn(scratch, task)
