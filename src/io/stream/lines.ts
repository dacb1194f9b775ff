import { refuse } from '../fault.js'
import { piecesOf, type Tell } from './pieces.js'

/** A line of more is hardly text: a million boxes have less. */
const longestLine = 2 ** 24

/**
 * Goes through the lines of a text file, numbered from 1, without holding it whole. A byte-order mark, `\r` before `\n`,
 * and empty lines at the end are left out.
 * @param take is told, too, whether a line break ends the line, which only the last may lack
 * @throws InputError as `piecesOf`, and for a line of more than 16 MiB; whatever `take` throws
 */
export async function readLines(
  path: string,
  take: (line: string, number: number, ended: boolean) => void,
  tell?: Tell,
) {
  let number = 0
  let empty = 0
  let begun: Uint8Array[] = []
  let length = 0
  const end = (ended: boolean) => {
    const text = Buffer.concat(begun).toString('utf8').replace(/\r$/, '')
    const line = number === 0 ? text.replace(/^\uFEFF/, '') : text
    begun = []
    length = 0
    number++
    if (line === '') empty++
    else {
      for (; empty > 0; empty--) take('', number - empty, true)
      take(line, number, ended)
    }
  }
  const add = (part: Uint8Array) => {
    length += part.length
    if (length > longestLine)
      refuse('E_LIMIT', `${path}, line ${number + 1}`, `more than ${longestLine} bytes`, 'check that this is text')
    begun.push(part)
  }
  for await (const piece of piecesOf(path, tell)) {
    let at = 0
    for (let next = piece.indexOf(10); next >= 0; next = piece.indexOf(10, at)) {
      add(piece.subarray(at, next))
      end(true)
      at = next + 1
    }
    add(piece.subarray(at))
  }
  if (length > 0) end(false)
}
