/** What terms of the scales of a loss have in common: `xy` of `xy_0` and `xy_1`. */
export const stemOf = (term: string): string => term.replace(/_\d+$/, '')
