import { escaped } from '../../io/index.js'

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** What XML has no place for, not even as an entity, once control characters are escaped. */
const without = /[\u{fffe}\u{ffff}]/gu

/** Text from outside as text of XML, or in an attribute; what is invisible is spelled out. */
export const xml = (text: string): string =>
  escaped(text)
    .replace(without, '\ufffd')
    .replace(/[&<>"]/g, (c) => entities[c] as string)

type Attributes = Readonly<Record<string, string | number | undefined>>

/** An element. @param inner text of XML, `xml` of what comes from outside */
export function element(name: string, attributes: Attributes, inner?: string): string {
  const given = Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : [` ${key}="${typeof value === 'number' ? rounded(value) : xml(value)}"`],
  )
  const head = `<${name}${given.join('')}`
  return inner === undefined ? `${head}/>` : `${head}>${inner}</${name}>`
}

/** A tenth of a pixel is enough. */
export const rounded = (x: number): string => String(Math.round(x * 10) / 10)
