import type { Store } from './model/store.js'
import { placeOf } from './parts/links.js'

/** Goes to the row that an address names: to it on the screen, and with the keyboard. */
function follow(root: HTMLElement, store: Store, address: string): boolean {
  const place = placeOf(address)
  if (!place) return false
  store.select(place)
  const stage = root.querySelector<HTMLElement>('#stage')
  stage?.focus({ preventScroll: true })
  const isStill = matchMedia('(prefers-reduced-motion: reduce)').matches
  root.querySelector('#viewer')?.scrollIntoView({ behavior: isStill ? 'auto' : 'smooth' })
  return true
}

/** Links to rows select them, and so does the address that the page was opened at. */
export function rowLinks(root: HTMLElement, store: Store): void {
  root.addEventListener('click', (event) => {
    const link = (event.target as Element).closest<HTMLAnchorElement>('a.row-link')
    const address = link?.getAttribute('href') ?? ''
    if (!follow(root, store, address)) return
    event.preventDefault()
    history.replaceState(null, '', address)
  })
  addEventListener('hashchange', () => follow(root, store, location.hash))
  const opened = placeOf(location.hash)
  if (opened) store.select(opened)
}
