/*
 * Runs Darknet's own YOLO layer on one batch: backward INPUT OUTPUT [COST]
 *
 * INPUT  nine int32: batch, columns, rows, anchors of the scale n, all anchors, classes, network width, network height,
 *        boxes of an image at most; then the mask, n int32; then float32: the ignore threshold, the anchors (w, h) in
 *        pixels, the truth (x y w h class) [batch, boxes, 5], the logits [batch, n, 5 + classes, rows, columns].
 * OUTPUT float32 like the logits: the layer's delta, which is the negative gradient of the summed loss.
 * COST   one float32: the cost that it prints, the sum of the squared delta.
 */
#include <darknet.h>

#include "files.h"

layer make_yolo_layer(int batch, int w, int h, int n, int total, int *mask, int classes);
void forward_yolo_layer(const layer l, network net);

int main(int argc, char **argv) {
  FILE *in = argc == 3 || argc == 4 ? fopen(argv[1], "rb") : 0;
  if (!in) {
    fprintf(stderr, "usage: backward INPUT OUTPUT [COST]\n");
    return 2;
  }
  int *size = read_exactly(in, sizeof(int), 9);
  int batch = size[0], columns = size[1], rows = size[2], n = size[3], total = size[4], classes = size[5];
  int *mask = read_exactly(in, sizeof(int), n);
  layer l = make_yolo_layer(batch, columns, rows, n, total, mask, classes);
  /* make_yolo_layer leaves these to the parser of configuration files. */
  l.max_boxes = size[8];
  l.truths = size[8] * 5;
  l.truth_thresh = 1;
  float *threshold = read_exactly(in, sizeof(float), 1);
  l.ignore_thresh = *threshold;
  l.biases = read_exactly(in, sizeof(float), 2 * total);

  network net = {0};
  net.train = 1;
  net.w = size[6];
  net.h = size[7];
  net.truth = read_exactly(in, sizeof(float), (size_t)batch * l.truths);
  net.input = read_exactly(in, sizeof(float), (size_t)batch * l.inputs);
  fclose(in);
  forward_yolo_layer(l, net);

  write_floats(argv[2], l.delta, (size_t)batch * l.outputs);
  if (argc == 4)
    write_floats(argv[3], l.cost, 1);
  return 0;
}
