import { Fault } from '../io/index.js'

/** onnxruntime-node cannot be loaded. A command ends with exit code 4; commands that run nothing still work. */
export class RuntimeMissingError extends Fault<'E_RUNTIME_MISSING'> {
  override readonly name = 'RuntimeMissingError'

  constructor(cause: unknown) {
    const reason = firstLine(messageOf(cause))
    const missing = /cannot find (package|module) 'onnxruntime-node'/i.test(reason)
    const what = missing ? 'not installed' : `cannot be loaded: ${withoutFolders(reason)}`
    const remedy =
      'npm install onnxruntime-node  (its install script only fetches CUDA libraries; ' +
      'without network skip it with ONNXRUNTIME_NODE_INSTALL=skip)'
    super('runtime', 'E_RUNTIME_MISSING', { where: 'onnxruntime-node', what, remedy }, { cause })
  }
}

/** A provider that is missing, or that cannot run the whole model though it must. Exit code 4. */
export class ProviderError extends Fault<'E_PROVIDER_UNAVAILABLE' | 'E_PROVIDER_PLACEMENT'> {
  override readonly name = 'ProviderError'

  constructor(code: ProviderError['code'], provider: string, what: string, remedy: string, cause: unknown) {
    super('runtime', code, { where: `execution provider ${provider}`, what, remedy }, { cause })
  }
}

const limitRemedies = {
  E_MEMORY: 'use smaller inputs, a higher --memory, or a machine with more of it',
  E_TIMEOUT: 'look for an endless loop in the model, or allow more with --timeout',
} as const

/** A run that needs more memory or time than it may have. Exit code 5. */
export class LimitError extends Fault<keyof typeof limitRemedies> {
  override readonly name = 'LimitError'

  constructor(where: string, what: string, cause?: unknown, code: LimitError['code'] = 'E_MEMORY') {
    super('limit', code, { where, what, remedy: limitRemedies[code] }, { cause })
  }
}

/** The process that ran a model died. Exit code 4. */
export class CrashError extends Fault<'E_CRASH'> {
  override readonly name = 'CrashError'

  constructor(where: string, what: string) {
    const remedy = 'a fault of the runtime or its provider, not of this tool: report it there, with the model'
    super('runtime', 'E_CRASH', { where, what, remedy })
  }
}

/** Whether a failure says nothing about the model: it would befall every other one on this provider too. */
export const isGeneral = (error: unknown): boolean =>
  error instanceof Fault && ['E_PROVIDER_UNAVAILABLE', 'E_RUNTIME_MISSING'].includes(error.code)

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

export const firstLine = (text: string): string => text.trim().split('\n', 1)[0] ?? ''

/** Folders of this machine say nothing to the reader of a message and differ between machines. */
export const withoutFolders = (text: string): string => text.replace(/(?:[\w.@+-]*\/)+(?=[\w.@+-])/g, '')
