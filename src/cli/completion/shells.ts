import { bash } from './bash.js'
import { fish } from './fish.js'
import type { CommandTable } from './table.js'
import { zsh } from './zsh.js'

/** What makes the completion of each shell. */
export const shells: Readonly<Record<string, (table: CommandTable) => string>> = { bash, zsh, fish }
