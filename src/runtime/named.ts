import { type AnyTensor, type InputError, objectOf, type Tensor } from '../io/index.js'
import type { Feeds } from './feeds.js'
import { openSession, type Session, type SessionOptions } from './session.js'

/** A model ready to run, for whom tensors are objects by name. */
export interface NamedSession extends Omit<Session, 'run' | 'runAny'> {
  /**
   * Runs the model once; outputs by name, in an object that inherits nothing.
   * @throws InputError when feeds do not fit the inputs or a node fails, LimitError when memory runs out
   */
  run(feeds: Feeds): Promise<Record<string, Tensor>>
  /** The same for models of any element type; what is no tensor of a known one is left out, and `unread` says why. */
  runAny(feeds: Feeds): Promise<{
    readonly outputs: Record<string, AnyTensor>
    readonly unread: Record<string, InputError>
  }>
}

/**
 * Loads a model into onnxruntime.
 * @throws InputError for a model that is broken or refused, ProviderError for a provider that is missing or cannot
 *   run all of it, RuntimeMissingError without onnxruntime-node
 */
export async function openNamed(modelBytes: Uint8Array, options?: SessionOptions): Promise<NamedSession> {
  const session = await openSession(modelBytes, options)
  return {
    ...session,
    run: async (feeds) => objectOf(await session.run(feeds)),
    async runAny(feeds) {
      const { outputs, unread } = await session.runAny(feeds)
      return { outputs: objectOf(outputs), unread: objectOf(unread) }
    },
  }
}

/** Loads a model, runs it once and frees it; outputs by name. Throws as `openSession` and `Session.run` do. */
export async function evaluateNamed(
  modelBytes: Uint8Array,
  feeds: Feeds,
  options?: SessionOptions,
): Promise<Record<string, Tensor>> {
  const session = await openNamed(modelBytes, options)
  return session.run(feeds).finally(() => session.release())
}
