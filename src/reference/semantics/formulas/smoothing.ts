/** A label of a class, smoothed. @param classes C */
export type Smoothing = (y: number, classes: number, amount: number) => number

/** Each way by its name. */
export const smoothings = {
  none: (y) => y,
  half: (y, _, amount) => y * (1 - amount) + 0.5 * amount,
  uniform: (y, classes, amount) => y * (1 - amount) + amount / classes,
  flip: (y, classes, amount) => {
    const by = amount === 0 ? Math.min(1 / classes, 1 / 40) : amount
    return y > 0 ? 1 - by : by
  },
} as const satisfies Readonly<Record<string, Smoothing>>
