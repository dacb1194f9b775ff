/** The terms of a loss, in the order in which they are added up. */
export const termNames = ['xy', 'wh', 'box', 'conf', 'class'] as const
export type TermName = (typeof termNames)[number]

/** One thing for each term. */
export type Terms<T> = { readonly [N in TermName]: T }

export const eachTerm = <T>(of: (name: TermName) => T): Terms<T> =>
  Object.fromEntries(termNames.map((name) => [name, of(name)])) as Record<TermName, T>
