import { profile } from './profile.js'

/** The operator, by what it computes forward. */
export const paddle = profile({
  of: 'PaddlePaddle/Paddle at 06d05d5, paddle.vision.ops.yolo_loss',
  threshold: 0.7,
  notes: [
    'Forward it adds the losses of two boxes in a cell, backward the second overwrites the first (yolo_loss_grad_kernel.cc:54-61, 76-78): its own gradient is `backward` last.',
    'One grid size serves both axes (yolo_loss_kernel.cc:64-67): inputs must be square.',
  ],
  rows: {
    assignment: ['best', 'paddle/phi/kernels/cpu/yolo_loss_kernel.cc, YoloLossKernel: best_n'],
    pixels: ['exact', 'paddle/phi/kernels/cpu/yolo_loss_functor.h, GetGtBox'],
    sharedBox: ['each', 'yolo_loss_kernel.cc:110-113'],
    sharedClass: ['each', 'yolo_loss_kernel.cc:126-129'],
    ignoreBoxes: ['image', 'yolo_loss_kernel.cc:271-280'],
    atThreshold: ['counts', 'yolo_loss_kernel.cc:284'],
    maskOf: ['predictions', 'yolo_loss_kernel.cc:259'],
    decode: ['exp', 'yolo_loss_kernel.cc:64-67'],
    centre: ['bce', 'yolo_loss_kernel.cc:110-111'],
    size: ['l1', 'yolo_loss_kernel.cc:112-113'],
    box: ['none', 'yolo_loss_kernel.cc:104-113'],
    boxUnit: ['fraction', 'yolo_loss_kernel.cc:64-67'],
    boxScale: ['area', 'yolo_loss_kernel.cc:109'],
    objectness: ['bce', 'yolo_loss_kernel.cc:147-152'],
    objectTarget: ['one', 'yolo_loss_kernel.cc:149'],
    class: ['bce', 'yolo_loss_kernel.cc:128'],
    classCells: ['objects', 'yolo_loss_kernel.cc:126'],
    smoothing: ['flip', 'yolo_loss_kernel.cc:212-218; use_label_smooth is on unless said otherwise'],
    singleClass: ['counts', 'yolo_loss_kernel.cc:126'],
    reduction: ['image', 'yolo_loss_kernel.cc:223'],
    backward: ['derivative', 'the loss is that of its forward pass; its own backward is last'],
  },
})
