/** Colours of Okabe and Ito, which those tell apart who see fewer; darker on white, lighter on black. */
const colours = {
  light: ['#0072b2', '#c44e00', '#007a5a', '#a8327d', '#7a6500'],
  dark: ['#6cc3f5', '#ffa057', '#3ed3a5', '#f09ccb', '#f0e04a'],
} as const

/** How many lines have a colour of their own. */
export const colourCount = colours.light.length

const paints = {
  light: { paper: '#ffffff', ink: '#1f2328', faint: '#59636e', grid: '#e3e6ea' },
  dark: { paper: '#15181d', ink: '#e8eaed', faint: '#a3abb5', grid: '#30363d' },
} as const

const variables = (theme: keyof typeof paints): string =>
  [
    ...Object.entries(paints[theme]).map(([name, colour]) => `--${name}:${colour}`),
    ...colours[theme].map((colour, i) => `--c${i}:${colour}`),
  ].join(';')

/** Of a drawing that may be opened by itself, or stand on a page beside others. */
export const style = `
.curve{${variables('light')};font:12px system-ui,sans-serif}
@media (prefers-color-scheme:dark){.curve{${variables('dark')}}}
@media print{.curve{${variables('light')}}}
.curve .paper{fill:var(--paper)}.curve text{fill:var(--ink)}
.curve .title{font-weight:600;font-size:13px}.curve .faint{fill:var(--faint);font-weight:400}
.curve .grid{stroke:var(--grid)}.curve .axis{stroke:var(--faint)}
.curve .line{fill:none;stroke-width:1.75;stroke-linejoin:round;stroke-linecap:round}
.curve .band{stroke:none;opacity:.22}.curve .lead{stroke-width:.75;opacity:.6}
.curve .r1{stroke-dasharray:6 4}.curve .floor{stroke-width:1.25;stroke-dasharray:.1 3.5}.curve .floor.r1{stroke-dasharray:.1 3.5 5 3.5}
.curve .gap{stroke:var(--ink);stroke-width:1.5}
${colours.light.map((_, i) => `.curve .c${i}{stroke:var(--c${i})}.curve .f${i}{fill:var(--c${i})}`).join('')}
`
