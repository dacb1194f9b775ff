import { escaped, InputError, printable, quoted } from '../io/index.js'
import { firstLine, LimitError, messageOf, withoutFolders } from './errors.js'

const codePlace = /\S+\.(?:cc|h|hpp|cpp|cu|cuh):\d+ /

/** Where the argument list opened at `open` ends, and with it the C++ signature. */
function signatureEnd(text: string, open: number): number {
  let depth = 0
  for (let i = open; i < text.length; i++) {
    if (text[i] === '(') depth++
    if (text[i] === ')' && --depth === 0) return i + 1
  }
  return open
}

/**
 * The part of an onnxruntime message that is meant for people: one line, without the C++ file, signature and
 * condition that its checks put in front, and without folders.
 */
export function plainMessage(message: string): string {
  const line = firstLine(message)
  const place = codePlace.exec(line)
  if (!place) return escaped(line)
  const open = line.indexOf('(', place.index + place[0].length)
  const rest = open < 0 ? line.slice(place.index + place[0].length) : line.slice(signatureEnd(line, open))
  const text = rest
    .replace(/^(?:::<lambda\(.*?\)>)?(?: const)?(?: \[with .*?\])?\s*/, '')
    .replace(/^.{1,200}? was false\. /, '')
  return escaped(withoutFolders(line.slice(0, place.index) + text))
}

/** Whether a message of onnxruntime is about memory that it did not get, that of its threads included. */
const wantsMemory = (message: string): boolean =>
  /failed to allocate|bad_alloc|bad allocation|cannot allocate memory/i.test(message)

/** onnxruntime would not load the model: the model is at fault, or there is too little memory. */
export function modelRefused(error: unknown, file: string): InputError | LimitError {
  const message = messageOf(error)
  const reason = plainMessage(message)
  if (wantsMemory(message)) return new LimitError(file, `the model cannot be loaded: ${reason}`, error)
  return new InputError(
    'E_MODEL_REFUSED',
    { where: file, what: `onnxruntime refuses the model: ${reason}` },
    { cause: error },
  )
}

/** A run failed: names the node, and tells want of memory from everything else. */
export function runFailed(error: unknown, file: string): InputError | LimitError {
  const message = messageOf(error)
  const at = /while running (\S+) node\. Name:'([^']*)' Status Message: (.*)/s.exec(message)
  const reason = plainMessage(at?.[3] ?? message)
  const what = at
    ? `node ${quoted(at[2] ?? '')} (${printable(at[1] ?? '')}) failed: ${reason}`
    : `the run failed: ${reason}`
  if (wantsMemory(message)) return new LimitError(file, what, error)
  return new InputError('E_RUN', { where: file, what }, { cause: error })
}
