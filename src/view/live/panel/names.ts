import { escaped } from '../../../io/index.js'
import { cellOf } from '../../client/model/rows.js'
import { anchorName, cellName } from '../../client/model/words.js'
import type { View } from '../../viewed.js'
import type { Edit } from '../batch/edits.js'
import type { LogitPlace } from '../batch/logits.js'

const entries = ['t_x', 't_y', 't_w', 't_h', 'objectness']

/** What things are called on the page. */
export class Names {
  constructor(private readonly view: View) {}

  get #side() {
    return this.view.sides[0]
  }

  class(index: number): string {
    return escaped(this.#side?.config.classes[index] ?? `class ${index}`)
  }

  image(index: number): string {
    return escaped(this.#side?.images[index]?.name ?? `image ${index}`)
  }

  picture(index: number): string | undefined {
    return this.#side?.images[index]?.picture
  }

  /** The logits of a row. */
  get channels(): string[] {
    return [...entries, ...(this.#side?.config.classes ?? []).map((_, c) => this.class(c))]
  }

  /** `image 0, grid 13 × 13, column 7, row 4, anchor 116 × 90` */
  row({ image, scale, row }: Omit<LogitPlace, 'channel'>): string {
    const grid = this.#side?.images[image]?.scales[scale]
    if (!grid) return `image ${image}, scale ${scale}, row ${row}`
    const cell = cellOf(grid, row)
    const anchor = anchorName(grid.anchors[cell.anchor] ?? [Number.NaN, Number.NaN])
    return `${this.image(image)}, grid ${grid.columns} × ${grid.rows}, ${cellName(cell)}, anchor ${anchor}`
  }

  /** A change in words. */
  edit(edit: Edit): string {
    if (edit.kind === 'threshold') return `ignore threshold ${spell(edit.value)}`
    if (edit.kind === 'undensed') return 'labels read as boxes'
    if (edit.kind === 'box')
      return `box ${edit.index} of ${this.image(edit.image)} at ${edit.corners.map(spell).join(', ')}`
    return `${this.channels[edit.place.channel]} ${spell(edit.value)} at ${this.row(edit.place)}`
  }
}

const spell = (x: number): string => String(Number(x.toPrecision(7)))
