import { quoted, readEntries, refuse } from '../../io/index.js'

/** What images and classes are called in COCO. */
export interface CocoIds {
  readonly images: readonly { readonly name: string; readonly id: number }[]
  /** By class: ids of the categories in their order. */
  readonly categories: readonly number[]
}

const wanted = { images: ['id', 'file_name'], categories: ['id'] }

/** The ids in a file of COCO instances. @throws InputError for a file without them */
export async function readCocoIds(path: string): Promise<CocoIds> {
  const images: { name: string; id: number }[] = []
  const categories: number[] = []
  await readEntries(path, wanted, (list, i, entry) => {
    const { id, file_name: name } = entry ?? {}
    if (typeof id !== 'number') return refuse('E_COCO', `${path}, ${list}[${i}]`, 'has no number as its id')
    if (list === 'categories') categories.push(id)
    else if (typeof name === 'string') images.push({ name, id })
    else refuse('E_COCO', `${path}, ${list}[${i}]`, `has no ${quoted('file_name')}`)
  })
  if (images.length === 0) refuse('E_COCO', path, 'lists no images', 'give a file of COCO instances')
  return { images, categories: categories.toSorted((a, b) => a - b) }
}
