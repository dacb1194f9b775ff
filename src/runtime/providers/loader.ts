import { firstLine, messageOf, withoutFolders } from '../errors.js'

/** How a shared library failed to load, in the words of the system's loader; undefined if it loads. */
export function loaderMessage(library: string): string | undefined {
  try {
    // No addon: loading it ends in an error anyway, and only the loader's own message matters here.
    process.dlopen({ exports: {} }, library)
  } catch (error) {
    const text = firstLine(messageOf(error))
    return /self-register|not a valid Win32/.test(text) ? undefined : withoutFolders(text)
  }
  return undefined
}
