/** How the learning rate goes down: not at all; to a tenth after 80 % and after 90 % of the steps, as Darknet has it; along half a cosine. */
const schedules = {
  constant: () => 1,
  steps: (share: number) => (share < 0.8 ? 1 : share < 0.9 ? 0.1 : 0.01),
  cosine: (share: number) => (1 + Math.cos(Math.PI * share)) / 2,
} as const

export type Schedule = keyof typeof schedules
export const scheduleNames = Object.keys(schedules) as Schedule[]

/** The learning rate over a training. */
export interface Rates {
  /** The highest. */
  readonly rate: number
  readonly schedule: Schedule
  /** Steps in which it rises in equal parts. */
  readonly warmup: number
  /** Steps of the whole training. */
  readonly steps: number
}

/** The learning rate of a step, from 0 on. */
export function rateAt(step: number, { rate, schedule, warmup, steps }: Rates): number {
  if (step < warmup) return (rate * (step + 1)) / warmup
  return rate * schedules[schedule]((step - warmup) / Math.max(steps - warmup, 1))
}
