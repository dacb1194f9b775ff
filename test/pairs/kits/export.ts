import { readFile } from 'node:fs/promises'
import { readModel } from '../../../src/onnx/proto/read.js'
import { lossConfigOf } from '../../../src/verify/cases/match.js'
import type { LossConfig } from '../../../src/yolo/config/config.js'
import { write } from '../../support/folder.js'
import { faultsIn, verdictsOn } from '../../support/generated.js'
import type { Kit } from '../kit.js'

/** What the flags of a configuration need to be of any use; common to the commands that have them. */
export const lossNeeds = {
  '--form static': { '--batch': '2', '--input': '64x96' },
  '--division-free': { '--form': 'static' },
  '--padding': { '--labels': 'boxes' },
  '--bad-boxes': { '--labels': 'boxes' },
  '--graph targets': { '--input': '64x96' },
}

/** Room for boxes is of use with boxes as labels, or in the static form. */
export const lossWays = [{}, { '--labels': 'boxes' }, { '--form': 'static' }]

/** Flags that other semantics have, and why they are in no pair. */
export const lossLeft = {
  '--semantics': 'goes with few of the others: test/yolo/semantics/options.test.ts has them one by one',
  '--rule': 'as --semantics',
  '--semantics-from-labels': 'as --semantics',
}

/** Numbers for flags of a configuration. */
export const lossSamples = {
  '--ignore-thresh': ['0.7', '0'],
  '--batch': ['2'],
  '--input': ['64x96'],
  '--max-boxes': ['5'],
  '--weights': ['xy=2,conf=0.5'],
}

export const exportKit: Kit = {
  command: 'export',
  base: () => ['--config', 'one.json', '-o', 'out.onnx'],
  samples: {
    ...lossSamples,
    '--preset': ['yolov3-voc'],
    '--anchors': ['9,8,40,61'],
    '--anchor-mask': ['1,0'],
    '--classes': ['3'],
    '--opset': ['13', '21'],
    '--max-boxes-of': ['boxes.txt'],
  },
  left: { ...lossLeft, '--config': 'stands in every line', '--output': 'stands in every line' },
  needs: lossNeeds,
  ways: lossWays,
  prepare: () =>
    write({
      'one.json': { anchors: [[10, 20], [30, 40]], anchorMask: [[0, 1]], classes: 2 }, // biome-ignore format: pairs
      'boxes.txt': 'a.jpg 10,10,40,50,1 5,5,20,20,0\nb.jpg 1,2,30,40,1\n',
    }),
  check: async () => {
    const bytes = await readFile('out.onnx')
    const config = lossConfigOf(readModel(bytes, 'out.onnx').metadata) as LossConfig
    return faultsIn(await verdictsOn(bytes, config))[0]
  },
}
