import type { Paper } from '../view/index.js'

type Variables = Readonly<Record<string, string | undefined>>

/** Whether what shows the output is told to be able to show more than ASCII. */
function speaksUnicode({ TERM, LC_ALL, LC_CTYPE, LANG, WT_SESSION }: Variables): boolean {
  if (TERM === 'dumb') return false
  return WT_SESSION !== undefined || /utf-?8/i.test(LC_ALL || LC_CTYPE || LANG || '')
}

/** What a stream can show of a drawing; 80 characters a line where it does not say. No colours, whoever asks for none. */
export const paperOf = (
  { columns }: Pick<NodeJS.WriteStream, 'columns'> | { readonly columns?: number },
  variables: Variables = process.env,
): Paper => ({ columns: columns || 80, braille: speaksUnicode(variables) })
