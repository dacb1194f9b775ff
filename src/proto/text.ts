const longest = 120

/** Characters that could move the cursor, hide text or turn its direction when a name from a file is printed. */
const unsafe = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu

/** Text from outside, safe to print: control and invisible characters escaped. */
export const escaped = (text: string): string =>
  text.replace(unsafe, (c) => `\\u{${(c.codePointAt(0) ?? 0).toString(16)}}`)

/** A name from outside, safe to print, and shortened when it is over-long. */
export const printable = (text: string): string =>
  escaped(text.length > longest ? `${text.slice(0, longest)}… (${text.length} characters)` : text)

/** The same, in double quotes. */
export const quoted = (text: string): string => `"${printable(text)}"`

/** A list of names for a message, the first twelve of them in quotes. */
export function listed(names: readonly string[]): string {
  if (names.length === 0) return 'none'
  const shown = names.slice(0, 12).map(quoted).join(', ')
  return names.length > 12 ? `${shown} and ${names.length - 12} more` : shown
}

/** Number of edits (insert, delete, replace one character) between two names. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const replace = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(replace, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}

/** The known name that was probably meant, if one is within a third of the name's length in edits. */
export function didYouMean(name: string, known: readonly string[]): string | undefined {
  if (name.length > longest) return undefined
  const limit = Math.max(1, Math.floor(name.length / 3))
  const near = known
    .filter((k) => Math.abs(k.length - name.length) <= limit)
    .map((k) => ({ k, edits: editDistance(name, k) }))
    .filter(({ edits }) => edits <= limit)
    .sort((a, b) => a.edits - b.edits)
  return near[0]?.k
}
