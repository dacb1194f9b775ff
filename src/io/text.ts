const longest = 120

/** Characters that could move the cursor, hide text or turn its direction when a name from a file is printed. */
const unsafe = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu

/** Text from outside, safe to print: control and invisible characters escaped. */
export const escaped = (text: string): string =>
  text.replace(unsafe, (c) => `\\u{${(c.codePointAt(0) ?? 0).toString(16)}}`)

/** Several lines with text from outside in them: what is unsafe escaped, line ends kept. */
export const harmless = (text: string): string => text.split('\n').map(escaped).join('\n')

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

/** A span of time in words: `12 s`, `3 min`, `2.5 h`. */
export const duration = (seconds: number): string =>
  seconds < 100
    ? `${Math.ceil(seconds)} s`
    : seconds < 6000
      ? `${Math.ceil(seconds / 60)} min`
      : `${(seconds / 3600).toFixed(1)} h`
