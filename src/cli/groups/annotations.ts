import { type Note, notesOnNames } from '../../notes/index.js'
import { ConfigError } from '../../yolo/index.js'
import { readClasses } from './configfile.js'
import { flag, flagsOf, grouped, type ValuesOf } from './flag.js'
import { parseCount, parseIndex, parseSize } from './parse.js'

/** How boxes of annotations become boxes of a network input. */
export const fitting = grouped(
  'Images',
  flag('--fit <how>', 'how images come into the input', { choices: ['letterbox', 'stretch', 'none'] }),
  flag('--image-size <HxW>', 'height and width of all images', { parse: parseSize }),
  flag('--images <dir>', 'folder of the images (default: that which goes with the boxes)'),
  flag('--names <file>', 'names of the classes, one a line, for boxes that name theirs: COCO, Pascal VOC'),
  flag('--skip <n>', 'leave out the first n images', { parse: parseIndex }),
  flag('--take <n>', 'take n images', { parse: parseCount }),
)

/** Boxes in place of labels among the data. */
export const annotated = flagsOf(
  ...grouped(
    'Annotations',
    flag('--annotations <paths...>', 'boxes in place of labels, in any format that yolo-loss targets reads'),
  ),
  ...fitting,
)

export type Annotated = ValuesOf<typeof annotated>

/** Names of the classes by a file. @param tell hears of lines that are none @throws ConfigError as `readClasses` */
export function readNames(file: string, tell: (notes: readonly Note[]) => void): string[] {
  const names = readClasses(file, '--names takes a text file with a name in each line')
  tell(notesOnNames({ names, file }))
  return names
}

/** @throws ConfigError for flags about annotations where there are none */
export function refuseIdle(given: Annotated): void {
  if (given.annotations) return
  const idle = (['fit', 'imageSize', 'images', 'names', 'skip', 'take'] as const).find(
    (key) => given[key] !== undefined,
  )
  if (idle) throw new ConfigError(idle, 'is about --annotations, which are not there: leave it out')
}

/** What every command that takes annotations says of them. */
export const whatAnnotationsAre = `
With --annotations the boxes of images stand for the labels: whatever yolo-loss targets reads, letterboxed into the input
that y_pred_0 tells. The images of the files, in their order, are those of the batch; --skip and --take choose them.
`
