/** Width and height of an anchor box in pixels. */
export type Anchor = readonly [width: number, height: number]

/** The terms of the loss, in the order in which they are told. */
export const termNames = ['xy', 'wh', 'conf', 'class'] as const
export type TermName = (typeof termNames)[number]

/** One thing for each term of the loss. */
export type Terms<T> = { readonly [N in TermName]: T }

/** Something for each of the terms. */
export const ofEachTerm = <T>(of: (name: TermName) => T): Terms<T> =>
  Object.fromEntries(termNames.map((name) => [name, of(name)])) as Record<TermName, T>

/** The axes of a head: image, row, column, anchor, entry (tx ty tw th obj cls…). */
export type Axis = 'b' | 'h' | 'w' | 'a' | 'd'

/** Order of the axes in memory, and whether anchor and entry share one dimension of the tensor. */
export interface Layout {
  readonly axes: readonly Axis[]
  readonly fused: boolean
}

const order = (axes: string): readonly Axis[] => [...axes] as Axis[]

/** How frameworks hand out their heads. */
export const layouts = {
  /** `[B, h, w, A·(5+C)]`: Keras, TensorFlow. */
  nhwc: { axes: order('bhwad'), fused: true },
  /** `[B, A·(5+C), h, w]`: PyTorch, Darknet. */
  nchw: { axes: order('badhw'), fused: true },
  /** `[B, A, 5+C, h, w]` */
  nachw: { axes: order('badhw'), fused: false },
  /** `[B, A, h, w, 5+C]` */
  nahwc: { axes: order('bahwd'), fused: false },
} as const satisfies Record<string, Layout>

export type LayoutName = keyof typeof layouts
export const layoutNames = Object.keys(layouts) as readonly LayoutName[]

/** The axis of each dimension of the tensor; where anchors and entries share one, it counts as that of the anchors. */
export const dimsOf = ({ axes, fused }: Layout): readonly Axis[] => (fused ? axes.filter((axis) => axis !== 'd') : axes)

/** The order of the labels and of everything said about cells. */
export const labelAxes: readonly Axis[] = order('bhwad')

/** Ratio of the input size to the coarsest grid. Source: keras-yolo3 `yolo_loss`, `input_shape`. */
export const coarsestStride = 32

/** Entries before the classes: tx, ty, tw, th, obj. */
export const boxEntries = 5

/** Numbers of a box: x1, y1, x2, y2 in pixels of the network input, class. */
export const boxNumbers = 5

/** Rounding takes a centre on the border of its cell out of it by fewer cells, on grids up to 100. */
export const borderSlack = 1e-5
