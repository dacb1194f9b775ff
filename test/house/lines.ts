import { codeLines, filesIn, importsInLine } from './source.js'

/**
 * How many lines of a folder are neither blank nor comment: `npx tsx test/house/lines.ts [folder = src]`. The second number
 * counts an import as one line, however the formatter breaks it.
 */
const folder = process.argv[2] ?? 'src'
const texts = filesIn(folder).map(({ text }) => text)
const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0)
const [plain, joined] = [sum(texts.map(codeLines)), sum(texts.map((text) => codeLines(importsInLine(text))))]
process.stdout.write(`${plain} lines of code in ${folder} (${joined} with each import in one line)\n`)
