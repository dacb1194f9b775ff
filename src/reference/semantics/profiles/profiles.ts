import type { Semantics } from '../rules/rules.js'
import { alexeyab } from './alexeyab.js'
import { darknet } from './darknet.js'
import { david8862 } from './david8862.js'
import { gluonCv } from './gluoncv.js'
import { kerasYolo3 } from './kerasyolo3.js'
import { mmdetection } from './mmdetection.js'
import { paddle } from './paddle.js'
import { paddledetection } from './paddledetection.js'
import { type Profile, semanticsOf } from './profile.js'
import { ultralyticsV3 } from './ultralyticsv3.js'
import { yolov1 } from './yolov1.js'
import { yunyang } from './yunyang.js'

export { type Profile, semanticsOf, sourceOf } from './profile.js'

/** The implementations that are known, by the name of their semantics. */
export const profiles = {
  'keras-yolo3': kerasYolo3,
  darknet,
  alexeyab,
  paddle,
  paddledetection,
  'gluon-cv': gluonCv,
  mmdetection,
  david8862,
  yunyang,
  'ultralytics-v3': ultralyticsV3,
  yolov1,
} as const satisfies Readonly<Record<string, Profile>>

export type ProfileName = keyof typeof profiles

export const profileNames = Object.keys(profiles) as readonly ProfileName[]

/** The rules of a profile. */
export const semantics = (name: ProfileName): Semantics => semanticsOf(profiles[name])
