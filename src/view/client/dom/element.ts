type Value = string | number | boolean | undefined
type Child = Node | string | number | undefined | readonly Child[]

/** Attributes; `on…` are listeners, and what is false or undefined is left out. */
export type Props = Readonly<Record<string, Value | ((event: never) => void)>>

function fill<E extends Element>(element: E, props: Props, children: readonly Child[]): E {
  for (const [name, value] of Object.entries(props)) {
    if (typeof value === 'function') element.addEventListener(name.slice(2), value as unknown as EventListener)
    else if (value !== undefined && value !== false) element.setAttribute(name, value === true ? '' : String(value))
  }
  add(element, children)
  return element
}

function add(element: Element, children: readonly Child[]): void {
  for (const child of children) {
    if (Array.isArray(child)) add(element, child)
    else if (child !== undefined) element.append(child instanceof Node ? child : String(child))
  }
}

/** An element of HTML; text becomes text, never markup. */
export const h = <N extends keyof HTMLElementTagNameMap>(
  name: N,
  props: Props = {},
  ...children: Child[]
): HTMLElementTagNameMap[N] => fill(document.createElement(name), props, children)

/** An element of SVG. */
export const svg = <N extends keyof SVGElementTagNameMap>(
  name: N,
  props: Props = {},
  ...children: Child[]
): SVGElementTagNameMap[N] => fill(document.createElementNS('http://www.w3.org/2000/svg', name), props, children)

/** Puts new content in place of the old; what was focused or open there, told by its id, is so again. */
export function replace(place: Element, ...children: Child[]): void {
  const focused = place.contains(document.activeElement) ? document.activeElement?.id : undefined
  const wasOpen = new Map([...place.querySelectorAll('details')].map(({ id, open }) => [id, open]))
  place.replaceChildren()
  add(place, children)
  for (const details of place.querySelectorAll('details')) details.open = wasOpen.get(details.id) ?? details.open
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true })
}
