import { h, svg } from '../../client/dom/element.js'
import type { Corners, LiveBox } from '../batch/boxes.js'

/** What a stage does to the boxes. */
interface Hands {
  readonly select: (index: number) => void
  readonly put: (corners: Corners, goesOn: boolean, isSettled: boolean) => void
}

/** What a stage shows. */
interface Shown {
  readonly input: readonly [height: number, width: number]
  readonly picture: string | undefined
  readonly boxes: readonly LiveBox[]
  /** Of the box that is selected. */
  readonly index: number
  readonly name: { class(index: number): string }
}

/** A drag of some edges of a box: of all of them, or of two that meet. */
interface Drag {
  readonly from: readonly [x: number, y: number]
  readonly corners: Corners
  readonly moves: readonly boolean[]
  goesOn: boolean
}

const everything = [true, true, true, true]

/** Which edges a handle takes with it, by its place. */
const handles = [
  { name: 'left top', x: 0, y: 1, moves: [true, true, false, false] },
  { name: 'right top', x: 2, y: 1, moves: [false, true, true, false] },
  { name: 'left bottom', x: 0, y: 3, moves: [true, false, false, true] },
  { name: 'right bottom', x: 2, y: 3, moves: [false, false, true, true] },
] as const

const arrows: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
}

/** The picture with its true boxes, of which one can be dragged, or moved by arrow keys. */
export class Stage {
  readonly element: HTMLElement
  readonly #svg = svg('svg', { class: 'live-stage', id: 'live-stage', tabindex: 0, role: 'application', 'aria-roledescription': 'box editor', 'aria-describedby': 'live-keys' }) // biome-ignore format: one row
  #shown: Shown | undefined
  #drag: Drag | undefined

  constructor(private readonly hands: Hands) {
    const keys = h('p', { id: 'live-keys' }, 'Drag the selected box or its corners. Arrow keys move it by a pixel, with Shift its right and lower edge.') // biome-ignore format: one row
    this.element = h('div', { class: 'live-picture' }, this.#svg, keys)
    this.#svg.addEventListener('pointermove', (event) => this.#moved(event))
    for (const end of ['pointerup', 'pointercancel'] as const) this.#svg.addEventListener(end, (event) => this.#ended(event)) // biome-ignore format: one row
    this.#svg.addEventListener('keydown', (event) => this.#pressed(event))
  }

  show(shown: Shown): void {
    this.#shown = shown
    const { input: [height, width], picture, boxes, index, name } = shown // biome-ignore format: one row
    const selected = boxes.find((box) => box.index === index)
    this.#svg.setAttribute('viewBox', `0 0 ${width} ${height}`)
    this.#svg.setAttribute('aria-label', selected ? `box ${index}, ${name.class(selected.class)}, ${selected.corners.join(', ')}` : 'no boxes') // biome-ignore format: one row
    this.#svg.replaceChildren(
      picture ? svg('image', { href: picture, width, height }) : svg('rect', { class: 'live-ground', width, height }),
      ...boxes.filter((box) => box !== selected).map((box) => this.#other(box)),
      ...(selected ? this.#selected(selected) : []),
    )
  }

  #other({ index, corners }: LiveBox): Element {
    const element = rectangle(corners, 'live-other')
    element.addEventListener('pointerdown', () => this.hands.select(index))
    return element
  }

  #selected({ corners }: LiveBox): Element[] {
    const body = rectangle(corners, 'live-selected')
    body.addEventListener('pointerdown', (event) => this.#began(event, corners, everything))
    const size = (this.#shown?.input[1] ?? 416) / 40
    const corner = handles.map(({ x, y, moves }) => {
      const place = { x: corners[x] - size / 2, y: corners[y] - size / 2, width: size, height: size }
      const handle = svg('rect', { class: moves[0] === moves[1] ? 'live-handle' : 'live-handle live-rising', ...place })
      handle.addEventListener('pointerdown', (event) => this.#began(event, corners, moves))
      return handle
    })
    return [body, ...corner]
  }

  #at(event: PointerEvent): [number, number] {
    const { left, top, width, height } = this.#svg.getBoundingClientRect()
    const [rows, columns] = this.#shown?.input ?? [1, 1]
    return [((event.clientX - left) / width) * columns, ((event.clientY - top) / height) * rows]
  }

  #began(event: PointerEvent, corners: Corners, moves: readonly boolean[]): void {
    event.preventDefault()
    this.#svg.focus({ preventScroll: true })
    this.#svg.setPointerCapture(event.pointerId)
    this.#drag = { from: this.#at(event), corners, moves, goesOn: false }
  }

  #moved(event: PointerEvent): void {
    const drag = this.#drag
    if (!drag) return
    this.hands.put(this.#dragged(drag, event), drag.goesOn, false)
    drag.goesOn = true
  }

  #ended(event: PointerEvent): void {
    const drag = this.#drag
    this.#drag = undefined
    if (drag?.goesOn) this.hands.put(this.#dragged(drag, event), true, true)
  }

  #dragged({ from, corners, moves }: Drag, event: PointerEvent): Corners {
    const [x, y] = this.#at(event)
    const by = [x - from[0], y - from[1]]
    return this.#within(corners, moves, by)
  }

  #pressed(event: KeyboardEvent): void {
    const by = arrows[event.key]
    const box = this.#shown?.boxes.find(({ index }) => index === this.#shown?.index)
    if (!by || !box || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    this.hands.put(this.#within(box.corners, event.shiftKey ? [false, false, true, true] : everything, by), event.repeat, true) // biome-ignore format: one row
  }

  /** Whole pixels within the picture; a box keeps its size where it is moved, and a pixel where it is made smaller. */
  #within(corners: Corners, moves: readonly boolean[], by: readonly number[]): Corners {
    const [height, width] = this.#shown?.input ?? [0, 0]
    const along = (low: number, high: number, k: 0 | 1, size: number): [number, number] => {
      const step = Math.round(by[k] ?? 0)
      if (moves[k] && moves[k + 2]) {
        const held = Math.max(-low, Math.min(size - high, step))
        return [low + held, high + held]
      }
      if (moves[k]) return [Math.max(0, Math.min(high - 1, low + step)), high]
      return moves[k + 2] ? [low, Math.min(size, Math.max(low + 1, high + step))] : [low, high]
    }
    const [left, right] = along(corners[0], corners[2], 0, width)
    const [top, bottom] = along(corners[1], corners[3], 1, height)
    return [left, top, right, bottom]
  }
}

const rectangle = ([left, top, right, bottom]: Corners, kind: string): SVGRectElement =>
  svg('rect', { class: kind, x: left, y: top, width: Math.max(0, right - left), height: Math.max(0, bottom - top) })
