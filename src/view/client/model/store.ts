import type { Place, View } from '../../viewed.js'
import { carriedRow, firstState, type State, settle } from './state.js'

/** A part of the page: it draws itself anew when what it shows has changed. */
export type Part = (state: State, before: State | undefined) => void

/** What is shown, and who draws it. */
export interface Store {
  readonly get: () => State
  readonly set: (change: Partial<State>) => void
  readonly select: (place: Place) => void
  readonly draw: (part: Part) => void
}

/** @param onRow told of each row that is selected */
export function storeOf(view: View, onRow: (place: Place) => void): Store {
  let state = firstState(view)
  const parts: Part[] = []
  const set = (change: Partial<State>) => {
    const before = state
    const wanted = { ...state, ...change }
    state = settle({ ...wanted, row: change.row ?? carriedRow(before, wanted) })
    for (const part of parts) part(state, before)
    const { image, scale, row } = state
    const isNew = image !== before.image || scale !== before.scale || row !== before.row
    if (isNew && row !== undefined) onRow({ image, scale, row })
  }
  return {
    get: () => state,
    set,
    // A row of one anchor alone stays in sight when the map is of another.
    select: (place) => set({ ...place, ...anchorFor(state, place) }),
    draw: (part) => {
      parts.push(part)
      part(state, undefined)
    },
  }
}

function anchorFor({ view, anchor }: State, { image, scale, row }: Place): Partial<State> {
  const anchors = view.sides.at(-1)?.images[image]?.scales[scale]?.anchors.length ?? 1
  return anchor < 0 ? {} : { anchor: row % anchors }
}
