import { complaintText } from '../io/index.js'

/** onnxruntime-node cannot be loaded. A command ends with exit code 4; commands that run nothing still work. */
export class RuntimeMissingError extends Error {
  override readonly name = 'RuntimeMissingError'
  readonly code = 'E_RUNTIME_MISSING'
  readonly exitCode = 4

  constructor(cause: unknown) {
    const reason = firstLine(cause instanceof Error ? cause.message : String(cause))
    const missing = /cannot find (package|module) 'onnxruntime-node'/i.test(reason)
    super(
      complaintText({
        where: 'onnxruntime-node',
        what: missing ? 'not installed' : `cannot be loaded: ${withoutFolders(reason)}`,
        remedy:
          'npm install onnxruntime-node  (its install script only fetches CUDA libraries; ' +
          'without network skip it with ONNXRUNTIME_NODE_INSTALL=skip)',
      }),
      { cause },
    )
  }
}

/** A provider that is missing, or that cannot run the whole model though it must. Exit code 4. */
export class ProviderError extends Error {
  override readonly name = 'ProviderError'
  readonly exitCode = 4
  readonly code: 'E_PROVIDER_UNAVAILABLE' | 'E_PROVIDER_PLACEMENT'

  constructor(code: ProviderError['code'], provider: string, what: string, remedy: string, cause: unknown) {
    super(complaintText({ where: `execution provider ${provider}`, what, remedy }), { cause })
    this.code = code
  }
}

const limitRemedies = {
  E_MEMORY: 'use smaller inputs, a higher --memory, or a machine with more of it',
  E_TIMEOUT: 'look for an endless loop in the model, or allow more with --timeout',
} as const

/** A run that needs more memory or time than it may have. Exit code 5. */
export class LimitError extends Error {
  override readonly name = 'LimitError'
  readonly exitCode = 5
  readonly code: keyof typeof limitRemedies

  constructor(where: string, what: string, cause?: unknown, code: LimitError['code'] = 'E_MEMORY') {
    super(complaintText({ where, what, remedy: limitRemedies[code] }), { cause })
    this.code = code
  }
}

/** The process that ran a model died. Exit code 4. */
export class CrashError extends Error {
  override readonly name = 'CrashError'
  readonly code = 'E_CRASH'
  readonly exitCode = 4

  constructor(where: string, what: string) {
    const remedy = 'a fault of the runtime or its provider, not of this tool: report it there, with the model'
    super(complaintText({ where, what, remedy }))
  }
}

export const firstLine = (text: string): string => text.trim().split('\n', 1)[0] ?? ''

/** Folders of this machine say nothing to the reader of a message and differ between machines. */
export const withoutFolders = (text: string): string => text.replace(/(?:[\w.@+-]*\/)+(?=[\w.@+-])/g, '')
