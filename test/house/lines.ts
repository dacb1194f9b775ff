import { codeLines, filesIn } from './source.js'

/** How many lines of a folder are neither blank nor comment: `npx tsx test/house/lines.ts [folder = src]`. */
const folder = process.argv[2] ?? 'src'
process.stdout.write(
  `${filesIn(folder).reduce((sum, { text }) => sum + codeLines(text), 0)} lines of code in ${folder}\n`,
)
