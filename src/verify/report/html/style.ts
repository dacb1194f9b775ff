/** The look of the page: one column on a phone, colours for light and dark, nothing that needs a network. */
export const style = `
:root { color-scheme: light dark; --ink: #1b1f24; --paper: #fff; --line: #d0d7de; --soft: #f6f8fa;
  --pass: #1a7f37; --fail: #b3261e; --open: #8a5a00; --bar: #35618e; --link: #0550ae }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --paper: #0d1117; --line: #3d444d; --soft: #161b22;
  --pass: #56d364; --fail: #ff8a80; --open: #e3b341; --bar: #79b0e3; --link: #79c0ff } }
* { box-sizing: border-box }
body { margin: 0 auto; padding: 1rem; max-width: 72rem; font: 1rem/1.5 system-ui, sans-serif;
  color: var(--ink); background: var(--paper) }
h1 { font-size: 1.5rem; margin: 0 0 .5rem } h2 { font-size: 1.2rem; margin: 2rem 0 .5rem } h3 { font-size: 1rem; margin: 1rem 0 .25rem }
a { color: var(--link) } a:focus-visible, summary:focus-visible, .scroll:focus-visible { outline: 3px solid var(--link); outline-offset: 2px }
.PASS { color: var(--pass); font-weight: 600 } .FAIL { color: var(--fail); font-weight: 700 }
.SKIP, .INCOMPLETE { color: var(--open); font-weight: 700 }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 6px }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: .875rem }
th, td { text-align: left; padding: .35rem .6rem; border-bottom: 1px solid var(--line); white-space: nowrap }
tr:last-child td { border-bottom: 0 } thead th { background: var(--soft) }
details { border: 1px solid var(--line); border-radius: 6px; margin: .4rem 0; padding: 0 .75rem }
details[open] { padding-bottom: .75rem } summary { cursor: pointer; padding: .6rem 0; min-height: 2.75rem }
pre { white-space: pre-wrap; overflow-wrap: anywhere; font-size: .8125rem; background: var(--soft); padding: .6rem; border-radius: 6px }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; margin: 0; font-size: .875rem } dt { opacity: .75 } dd { margin: 0; overflow-wrap: anywhere }
.grid { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(19rem, 100%), 1fr)); gap: 1rem }
figure { margin: 0; border: 1px solid var(--line); border-radius: 6px; padding: .6rem } figcaption { font-size: .875rem; font-weight: 600; margin-bottom: .25rem }
svg { display: block; width: 100%; max-width: 32rem; height: auto } svg text { fill: var(--ink); font: 12px system-ui, sans-serif } svg .small { font-size: 10px }
svg .bar { fill: var(--bar) } svg .axis, svg .edge { stroke: var(--line); fill: none } svg .edge { stroke: var(--bar); stroke-opacity: .55 }
svg .box { stroke: var(--line) } svg .differs { stroke: var(--fail); stroke-width: 3 } svg a:focus-visible .box { stroke: var(--link); stroke-width: 3 }
.cause { border: 1px solid var(--line); border-left: 4px solid var(--fail); border-radius: 6px; padding: 0 1rem; overflow-wrap: anywhere } .cause ul { padding-left: 1.2rem; font-size: .875rem }
code { font-size: .8125rem; overflow-wrap: anywhere }
footer { margin-top: 3rem; font-size: .8125rem; opacity: .8 }
`
