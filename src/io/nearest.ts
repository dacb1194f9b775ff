/** Beyond this no name was typed by hand, and the distance would take long. */
const longest = 120

/** Number of edits (insert, delete, replace one character) between two names: Levenshtein's distance. */
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

/**
 * The known name that was probably meant, if one is within a third of the name's length in edits, but at least one;
 * whether letters are large or small makes no difference.
 */
export function nearest(name: string, known: readonly string[]): string | undefined {
  if (name.length > longest) return undefined
  const limit = Math.max(1, Math.floor(name.length / 3))
  const near = known
    .filter((k) => Math.abs(k.length - name.length) <= limit)
    .map((k) => ({ k, edits: editDistance(name.toLowerCase(), k.toLowerCase()) }))
    .filter(({ edits }) => edits <= limit)
    .sort((a, b) => a.edits - b.edits)
  return near[0]?.k
}
