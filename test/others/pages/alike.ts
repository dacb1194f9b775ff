/** Whether what a page shows is what is printed: the last digits of numbers differ between processors and runtimes. */

const number = /[+-]?(?:\d+(?:\.\d+)?(?:e[+-]?\d+)?)/gi

/** Errors of rounding differ by more than other numbers do, and are written so in every report. */
const isError = (text: string): boolean => /e-\d+$/.test(text)

/** The last digit of a fraction. */
const digit = (text: string): number => 10 ** -(text.split('.')[1]?.length ?? 0)

/** Counts must be equal. */
function near(a: string, b: string, within: number): boolean {
  const [x, y] = [Number(a), Number(b)]
  if (x === y) return true
  if (isError(a) && isError(b)) return Math.abs(Math.log2(x / y)) < 5
  return a.includes('.') && Math.abs(x - y) <= Math.max(within * Math.abs(x), 1.01 * digit(a))
}

function isWord(shown: string, printed: string, within: number): boolean {
  const [a, b] = [shown.match(number) ?? [], printed.match(number) ?? []]
  const sameText = shown.replace(number, '#') === printed.replace(number, '#')
  return (
    shown === printed || (sameText && a.length === b.length && a.every((text, i) => near(text, b[i] ?? '', within)))
  )
}

/** Words against words; `…` stands for any number of them. */
function isLine([word, ...rest]: readonly string[], printed: readonly string[], within: number): boolean {
  if (word === undefined) return printed.length === 0
  const [first, ...others] = printed
  if (word === '…')
    return isLine(rest, printed, within) || (first !== undefined && isLine([word, ...rest], others, within))
  return first !== undefined && isWord(word, first, within) && isLine(rest, others, within)
}

const words = (line: string): string[] => line.trim().split(/\s+/)

/**
 * The first line that is shown and not printed behind those before it.
 * @param within how far fractions may be off, relative
 */
export function missingLine(shown: readonly string[], printed: string, within = 1e-5): string | undefined {
  const lines = printed.split('\n').map(words)
  let at = 0
  return shown.find((line) => {
    const found = lines.findIndex((other, i) => i >= at && isLine(words(line), other, within))
    if (found >= 0) at = found + 1
    return found < 0
  })
}
