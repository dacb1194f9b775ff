import { flag, flagsOf, type ValuesOf } from './flag.js'
import { parseCount, parseIndex, parseSize } from './parse.js'

/** How boxes of annotations become boxes of a network input. */
export const fitting = flagsOf(
  flag('--fit <how>', 'how images come into the input', { choices: ['letterbox', 'stretch', 'none'] }),
  flag('--image-size <HxW>', 'height and width of all images', { parse: parseSize }),
  flag('--images <dir>', 'folder of the images (default: that of the lines)'),
  flag('--skip <n>', 'leave out the first n images', { parse: parseIndex }),
  flag('--take <n>', 'take n images', { parse: parseCount }),
)

/** Boxes in place of labels among the data. */
export const annotated = flagsOf(
  flag('--annotations <files...>', 'boxes in place of labels: annotation lines, COCO .json or an array [B,T,5]'),
  flag('--class-names <file>', 'names of the classes, for COCO'),
  ...fitting,
)

export type Annotated = ValuesOf<typeof annotated>

/** What every command that takes annotations says of them. */
export const whatAnnotationsAre = `
With --annotations the boxes of images stand for the labels: whatever yolo-loss targets reads, letterboxed into the input
that y_pred_0 tells. The images of the files, in their order, are those of the batch; --skip and --take choose them.
`
