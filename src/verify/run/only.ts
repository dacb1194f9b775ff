/** Whether a name has one of some patterns in it, large and small letters alike; `*` stands for anything. */
export function isAsked(name: string, patterns: readonly string[]): boolean {
  const text = name.toLowerCase()
  return patterns.some((pattern) => {
    let at = 0
    return pattern
      .toLowerCase()
      .split('*')
      .every((part) => {
        const found = text.indexOf(part, at)
        at = found + part.length
        return found >= 0
      })
  })
}
