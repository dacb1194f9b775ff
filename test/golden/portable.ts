type Rule = readonly [RegExp, string]

// Versions of what runs us, and words of the system and of the engine.
const rules: readonly Rule[] = [
  [/\bNode \d+\.\d+\.\d+/g, 'Node NODE'],
  [/(onnxruntime-node(?:: version|" value=")? ?|"runtime": "|"what": "version )\d+\.\d+\.\d+/g, '$1ORT'],
  [/(not valid JSON: ).*/g, '$1WHY'],
  [/(is no configuration: )(?:Bad|Expected|Unexpected|Unterminated) .*/g, '$1WHY'],
  [/(not available: ).*/g, '$1WHY'],
]

/** A text without what differs between machines. */
export function portable(text: string): string {
  const here = text.replaceAll(`${process.cwd()}/`, '').replaceAll(process.cwd(), '.')
  const told = rules.reduce((result, [pattern, put]) => result.replace(pattern, put), here)
  // What turns the direction of text would do so in the golden files too.
  return told.replace(/\p{Cf}/gu, (c) => `<U+${c.codePointAt(0)?.toString(16)}>`)
}

const errorColumns = ['worst abs', 'worst rel', 'ulp', 'where']

/**
 * The tables of a report without errors, which are those of this processor's exp and log. How wide columns are depends on
 * them too; cases of exact numbers show that.
 */
export function withoutErrors(text: string): string {
  let titles: readonly string[] = []
  const lines = text.split('\n').map((line) => {
    const cells = line.split(/ {2,}/)
    if (cells[0] === 'case') titles = cells
    else if (cells.length === titles.length && titles.length > 1)
      return cells.map((cell, i) => (errorColumns.includes(titles[i] as string) ? '~' : cell)).join('  ')
    return cells === titles ? cells.join('  ') : line
  })
  return lines.join('\n')
}

const errorKeys = 'value|expected|got|mean|p50|p90|p99|requiredRtol|requiredAtol'

/** A JSON report without errors, as `withoutErrors`, and with counts in place of long lists. */
export const withoutErrorKeys = (text: string): string =>
  text
    .replace(new RegExp(`("(?:${errorKeys})": )-?\\d[\\d.e+-]*`, 'g'), '$1~')
    .replace(/("histogram": )\[[^\]]*\]/g, '$1[~]')
    .replace(/\[\s*("[^"\]]*",\s*){12,}"[^"\]]*"\s*\]/g, (list) => `[${list.split('\n').length - 2} strings]`)

/** Fractions to three digits: in the last ones processors differ. */
export const rounded = (text: string): string =>
  text.replace(/-?\d+\.\d+(?:e[+-]?\d+)?/g, (number) => String(Number(Number(number).toPrecision(3))))
