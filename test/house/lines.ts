import { codeLines, filesIn, importsInLine } from './source.js'

/**
 * How many lines of a folder are neither blank nor comment: `npx tsx test/house/lines.ts [folder = src]`. An import is
 * one line, however the formatter breaks it; the second number counts the lines as they stand.
 */
const folder = process.argv[2] ?? 'src'
const texts = filesIn(folder).map(({ text }) => text)
const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0)
const [joined, broken] = [sum(texts.map((text) => codeLines(importsInLine(text)))), sum(texts.map(codeLines))]
process.stdout.write(`${joined} lines of code in ${folder} (${broken} with imports as broken)\n`)
