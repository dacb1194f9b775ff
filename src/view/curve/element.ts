import { xml } from '../../io/index.js'

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
