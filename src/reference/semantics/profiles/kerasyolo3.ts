import { profile } from './profile.js'

/** The original of this project. */
export const kerasYolo3 = profile({
  of: 'qqwweee/keras-yolo3 at e6598d1',
  threshold: 0.5,
  rows: {
    assignment: ['best', 'yolo3/model.py:270-296'],
    pixels: ['whole', 'yolo3/model.py:254-255'],
    sharedBox: ['last', 'yolo3/model.py:297'],
    sharedClass: ['all', 'yolo3/model.py:299'],
    ignoreBoxes: ['scale', 'yolo3/model.py:389'],
    atThreshold: ['ignored', 'yolo3/model.py:392'],
    maskOf: ['predictions', 'yolo3/model.py:390'],
    decode: ['exp', 'yolo3/model.py:140-141'],
    centre: ['bce', 'yolo3/model.py:399'],
    size: ['half-squared', 'yolo3/model.py:400'],
    box: ['none', 'yolo3/model.py:399-400'],
    boxUnit: ['fraction', 'yolo3/model.py:140-141'],
    boxScale: ['area', 'yolo3/model.py:383'],
    objectness: ['bce', 'yolo3/model.py:401-402'],
    objectTarget: ['label', 'yolo3/model.py:401-402'],
    class: ['bce', 'yolo3/model.py:403'],
    classCells: ['objects', 'yolo3/model.py:403'],
    smoothing: ['none', 'yolo3/model.py:403'],
    singleClass: ['counts', 'yolo3/model.py:403'],
    reduction: ['batch', 'yolo3/model.py:405-409'],
    backward: ['derivative', 'automatic differentiation'],
  },
})
