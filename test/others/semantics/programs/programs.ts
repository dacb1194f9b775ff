import { alexeyab } from './alexeyab/program.js'
import { darknet } from './darknet/program.js'
import { david8862 } from './david8862/program.js'
import { gluonCv } from './gluon-cv/program.js'
import { mmdetection } from './mmdetection/program.js'
import { paddle } from './paddle/program.js'
import { paddledetection } from './paddledetection/program.js'
import type { Program } from './program.js'
import { ultralyticsV3 } from './ultralytics-v3/program.js'
import { yunyang } from './yunyang/program.js'

/** The programs that can be run; the semantics of yolov1 have none that takes anchors. */
export const programs: readonly Program[] = [
  darknet,
  alexeyab,
  paddle,
  paddledetection,
  gluonCv,
  mmdetection,
  david8862,
  yunyang,
  ultralyticsV3,
]
