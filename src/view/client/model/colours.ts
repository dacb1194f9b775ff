type Colour = readonly [red: number, green: number, blue: number]

/** Viridis (Smith and van der Walt), which grows lighter evenly and is told apart by all kinds of sight. */
const viridis: readonly Colour[] = [
  [68, 1, 84], [71, 45, 123], [59, 82, 139], [44, 114, 142], [33, 145, 140], [40, 174, 128], [94, 201, 98], [173, 220, 48], [253, 231, 37],
] // biome-ignore format: one row

/** Blue for less, white for as much, orange for more (PuOr of ColorBrewer, with blue for its purple). */
const diverging: readonly Colour[] = [
  [8, 64, 129], [43, 109, 176], [107, 160, 209], [184, 212, 236], [247, 247, 247], [253, 212, 158], [240, 158, 74], [201, 104, 18], [127, 59, 8],
] // biome-ignore format: one row

export const ramps = { sequential: viridis, diverging } as const

export type Ramp = keyof typeof ramps

/** Of neither ramp: for what is no number. */
export const notANumber: Colour = [214, 39, 160]

/** @param x from 0 to 1 */
export function colourOf(ramp: Ramp, x: number): Colour {
  const stops = ramps[ramp]
  const place = Math.min(Math.max(x, 0), 1) * (stops.length - 1)
  const below = Math.min(Math.floor(place), stops.length - 2)
  const [a, b] = [stops[below] as Colour, stops[below + 1] as Colour]
  const mix = (k: 0 | 1 | 2) => Math.round(a[k] + (b[k] - a[k]) * (place - below))
  return [mix(0), mix(1), mix(2)]
}

export const css = ([r, g, b]: Colour): string => `rgb(${r} ${g} ${b})`
