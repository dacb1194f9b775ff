import { rule } from './rule.js'

/** Where the term class lives. */
export const classCells = rule({
  asks: 'where classes are learnt',
  values: {
    objects: { says: 'where there are objects' },
    all: { says: 'everywhere: where there is no object, that there is no class' },
  },
})
