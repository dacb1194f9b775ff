import type { InputError } from '../io/index.js'
import { type LimitError, messageOf, ProviderError } from './errors.js'
import { type Provider, providers } from './providers/all.js'
import { modelRefused, plainMessage } from './translate.js'

const modelAtFault =
  /invalid model|could not find an implementation|unsupported model ir|opset \d+ is under|protobuf parsing failed|missing opset/i

/** The cause of a provider's absence, with the library that is missing where that can be found out. */
export function unavailableBecause(provider: Provider, message: string): string {
  const plain = plainMessage(message)
  return `not available: ${providers[provider].obstacle?.(message, plain) ?? plain}`
}

/** Tells whose fault it is that a session could not be created: the model's or the provider's. */
export function creationFailed(
  error: unknown,
  provider: Provider,
  file: string,
): InputError | LimitError | ProviderError {
  const message = messageOf(error)
  if (/fallback to CPU EP has been explicitly disabled/.test(message)) {
    const what = `it cannot run every node of ${file}; onnxruntime would put some on the CPU`
    const remedy = 'use a graph made for this provider, or allow the fallback'
    return new ProviderError('E_PROVIDER_PLACEMENT', provider, what, remedy, error)
  }
  if (provider === 'cpu' || modelAtFault.test(message)) return modelRefused(error, file)
  const what = unavailableBecause(provider, message)
  return new ProviderError('E_PROVIDER_UNAVAILABLE', provider, what, providers[provider].remedy, error)
}
