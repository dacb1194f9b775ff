import { annotated } from './annotations.js'
import { reading } from './data.js'
import { flag, flagsOf, grouped, type ValuesOf } from './flag.js'
import { liveFlags } from './liveflags.js'
import { parsePath, parseSize } from './parse.js'
import { json, limits, oneProvider } from './run.js'

/** What view can be asked, beside the flags of boxes. */
export const viewing = flagsOf(
  ...reading,
  ...annotated,
  ...grouped(
    'The loss',
    flag('--model <file>', 'a graph whose outputs stand beside the reference; twice: two that are compared', {
      parse: parsePath,
    }),
    flag('--input <HxW>', 'height and width of the network input in pixels, for boxes without logits', {
      parse: parseSize,
    }),
  ),
  ...grouped('Running', oneProvider, ...limits('for each run', 'for the process that runs it')),
  ...grouped(
    'Writing',
    flag('-o, --output <file>', 'the page, FILE.html; with --live its folder', { required: true }),
    flag('--full', 'show the class logits of every cell, not only of positives, cells near a box and the worst 200'),
    json('words'),
  ),
  ...liveFlags,
)

export type ViewFlags = ValuesOf<typeof viewing>
