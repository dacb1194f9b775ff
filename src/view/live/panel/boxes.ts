import { boxesName } from '../../../yolo/index.js'
import { h } from '../../client/dom/element.js'
import { boxesOf, type Corners, imagesIn, inputOf, type LiveBox } from '../batch/boxes.js'
import { undensed } from '../batch/undense.js'
import { button, choiceOf, numberField } from './fields.js'
import type { Live } from './live.js'
import type { Names } from './names.js'
import type { Part } from './report.js'
import { Stage } from './stage.js'

const edges = ['Left', 'Top', 'Right', 'Bottom'] as const

/** Moves true boxes, by the mouse, by keys and by numbers. */
export function boxesPart(live: Live, names: Names): Part {
  const [chosen, moving] = [h('div', {}), h('div', { class: 'live-boxes' })]
  const dense = densePart(live)
  const mover = moverPart(live, names)
  moving.append(mover.element)
  chosen.append(dense.element, moving)
  return {
    element: h('fieldset', {}, h('legend', {}, 'True boxes'), chosen),
    show() {
      const isMovable = live.batch.feeds[boxesName] !== undefined
      dense.element.hidden = isMovable && live.history.edits.every(({ kind }) => kind !== 'undensed')
      moving.hidden = !isMovable
      dense.show()
      if (isMovable) mover.show()
    },
  }
}

/** The way from dense labels to boxes. */
function densePart(live: Live): Part {
  const said = h('p', { id: 'live-dense' })
  const read = button('live-undense', 'Read boxes out of the labels', () => live.edit({ kind: 'undensed' }))
  let told: string | undefined
  return {
    element: h('div', {}, said, read),
    show() {
      read.hidden = live.batch.feeds[boxesName] !== undefined
      if (read.hidden) told ??= comparison(live)
      else told = undefined
      said.textContent = told ?? 'The labels are dense. To be moved they are read as boxes, and the graph assigns them anew.' // biome-ignore format: one row
    },
  }
}

/** Whether the boxes that were read mean the labels that they were read from. */
function comparison({ history }: Live): string {
  const from = history.earlier[history.edits.findIndex(({ kind }) => kind === 'undensed')]
  const { differing, positives } = from ? undensed(from) : { differing: 0, positives: 0 }
  const read = `Boxes were read out of the ${positives} rows of labels with an object`
  return differing === 0
    ? `${read}; assigned anew they give the same labels.`
    : `${read}; ${differing} rows of the labels they do not give again, so the loss is another one.`
}

function moverPart(live: Live, names: Names): Part {
  let [image, index] = [0, 0]
  const found = (): LiveBox | undefined => boxesOf(live.batch, image).find((box) => box.index === index)
  const put = (corners: Corners, goesOn: boolean, isSettled: boolean) =>
    live.edit({ kind: 'box', image, index, corners }, goesOn, isSettled)
  const select = (next: number) => {
    index = next
    show()
  }
  const images = choiceOf('Image', 'live-image', (next) => {
    image = next
    select(boxesOf(live.batch, image)[0]?.index ?? 0)
  })
  const boxes = choiceOf('Box', 'live-box', (at) => select(boxesOf(live.batch, image)[at]?.index ?? 0))
  const fields = edges.map((label, k) =>
    numberField({ label, id: `live-${label.toLowerCase()}`, step: 'any' }, (value, { goesOn, isSettled }) => {
      const box = found()
      if (box) put(box.corners.with(k, value) as unknown as Corners, goesOn, isSettled)
    }),
  )
  const stage = new Stage({ select, put })
  function show(): void {
    const all = boxesOf(live.batch, image)
    if (!found()) index = all[0]?.index ?? 0
    const box = found()
    images.show(Array.from({ length: imagesIn(live.batch) }, (_, i) => names.image(i)), image)
    boxes.show(all.map((one) => `${one.index}: ${names.class(one.class)}`), all.findIndex((one) => one.index === index))
    for (const [k, field] of fields.entries()) field.show(box?.corners[k])
    stage.show({ input: inputOf(live.batch), picture: names.picture(image), boxes: all, index, name: names })
  } // biome-ignore format: one row each
  document.addEventListener('yolo-row', (event) => {
    image = (event as CustomEvent<{ readonly image: number }>).detail.image
    show()
  })
  const form = h('div', { class: 'live-form' }, images.element, boxes.element, ...fields.map(({ element }) => element))
  return { element: h('div', { class: 'live-mover' }, stage.element, form), show }
}
