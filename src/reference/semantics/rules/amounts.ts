import type { Amount, List } from './rule.js'

const weight = (of: string, ...known: number[]): Amount => ({
  says: `weight of ${of}`,
  default: 1,
  range: [0, 100],
  known,
})

/** The numbers that the rules speak of, and the weights of the terms. */
export const amounts = {
  threshold: {
    says: 'θ of the ignore mask; 0 stands for that of the configuration',
    default: 0,
    range: [0, 1],
    known: [0.5, 0.7],
  },
  likelyAbove: { says: 'probability from which on a class is likely', default: 0.25, range: [0, 1], known: [] },
  assignAbove: { says: 'IoU above which a further anchor is assigned', default: 0.3, range: [0, 1], known: [0.2, 0.213, 0.5] },
  assignRatio: { says: 'how many times larger or smaller an anchor may be', default: 4, range: [1, 20], known: [2.91] },
  smallestSize: { says: 'least width and height of a box before the logarithm, in pixels', default: 0, range: [0, 32], known: [1] },
  targetMargin: { says: 'how far targets of the centre stay away from 0 and 1', default: 0, range: [0, 0.1], known: [1e-6] },
  boxEpsilon: { says: 'ε of the box term', default: 0, range: [0, 1e-3], known: [1e-7, 1e-6, 1e-10, 1e-9, 1e-16] },
  objectWeight: weight('the objectness of objects', 5),
  backgroundWeight: weight('the objectness of background', 0.5, 0.2, 100),
  objectPositive: weight('what is said for an object, in its cross-entropy'),
  classPositive: weight('what is said for a class, in its cross-entropy'),
  objectAlpha: { says: 'α of the focal objectness', default: 1, range: [0, 1], known: [0.25, 0.5] },
  objectGamma: { says: 'γ of the focal objectness', default: 2, range: [0, 5], known: [1.5] },
  classAlpha: { says: 'α of the focal classes', default: 0.25, range: [0, 1], known: [0.5, 1] },
  classGamma: { says: 'γ of the focal classes', default: 2, range: [0, 5], known: [1.5] },
  smooth: { says: 'ε of the smoothing of classes', default: 0, range: [0, 0.5], known: [0.01, 0.1] },
  smoothObject: { says: 'ε of the objectness of objects, smoothed towards one half', default: 0, range: [0, 0.5], known: [0.01, 0.1] },
  xyWeight: weight('the centre', 2, 0.5, 0.75, 5, 2.5),
  whWeight: weight('the size', 2, 0.5, 0.75, 5, 2.5, 0.1),
  boxWeight: weight('the box as a whole', 0.05, 0.75, 0.07, 5),
  confWeight: weight('the objectness', 2, 5),
  classWeight: weight('the classes', 0.5, 2),
} as const satisfies Readonly<Record<string, Amount>> // biome-ignore format: one row an amount

/** Numbers for each scale or class. */
export const lists = {
  balance: {
    says: 'weights of the objectness by scale, finest first; 1 for those that are not named',
    default: [],
    known: [[4, 1, 0.4]],
  },
  scaleXY: {
    says: 'q of the scaled decode by scale, finest first; the last for those that are not named',
    default: [1.2, 1.1, 1.05],
    known: [[1.05], [2]],
  },
  classWeights: { says: 'weights of the classes; 1 for those that are not named', default: [], known: [] },
} as const satisfies Readonly<Record<string, List>>
