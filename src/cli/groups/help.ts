/** Command lines to start from, for the end of a help. @param lines as one types them after `yolo-loss` */
export const examples = (...lines: readonly string[]): string =>
  `\nExamples:\n${lines.map((line) => `  yolo-loss ${line}`).join('\n')}\n`
