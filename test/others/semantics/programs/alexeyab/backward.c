/*
 * Runs the YOLO layer of AlexeyAB's Darknet on one batch: backward INPUT OUTPUT COST
 *
 * INPUT  as for the program of this name beside Darknet's own, with two numbers before the ignore threshold, float32:
 *        iou_thresh and label_smooth_eps. A box has six numbers: x y w h class, and a track.
 * OUTPUT float32 like the logits: the layer's delta.
 * COST   one float32: the cost that it prints.
 */
#include <darknet.h>
#include <float.h>

#include "../../../darknet/files.h"

layer make_yolo_layer(int batch, int w, int h, int n, int total, int *mask, int classes, int max_boxes);
void forward_yolo_layer(const layer l, network_state state);

/* What parse_yolo of parser.c sets where a configuration file says nothing; make_yolo_layer leaves it zero. */
static void set_options(layer *l, const float *options) {
  l->show_details = 1;
  l->max_delta = FLT_MAX;
  l->obj_normalizer = l->cls_normalizer = l->delta_normalizer = 1;
  l->scale_x_y = 1;
  l->iou_normalizer = 0.75;
  l->iou_loss = MSE;
  l->iou_thresh_kind = IOU;
  l->iou_thresh = options[0];
  l->label_smooth_eps = options[1];
  l->ignore_thresh = options[2];
  l->truth_thresh = 1;
}

int main(int argc, char **argv) {
  FILE *in = argc == 4 ? fopen(argv[1], "rb") : 0;
  if (!in) {
    fprintf(stderr, "usage: backward INPUT OUTPUT COST\n");
    return 2;
  }
  int *size = read_exactly(in, sizeof(int), 9);
  int batch = size[0], n = size[3], total = size[4];
  int *mask = read_exactly(in, sizeof(int), n);
  layer l = make_yolo_layer(batch, size[1], size[2], n, total, mask, size[5], size[8]);
  float *options = read_exactly(in, sizeof(float), 3);
  set_options(&l, options);
  l.biases = read_exactly(in, sizeof(float), 2 * total);

  network net = {0};
  int boxes = 0, rewritten = 0, iteration = 0;
  net.w = size[6];
  net.h = size[7];
  net.total_bbox = &boxes;
  net.rewritten_bbox = &rewritten;
  net.cur_iteration = &iteration;
  network_state state = {0};
  state.net = net;
  state.train = 1;
  state.truth = read_exactly(in, sizeof(float), (size_t)batch * l.truths);
  state.input = read_exactly(in, sizeof(float), (size_t)batch * l.inputs);
  fclose(in);
  forward_yolo_layer(l, state);
  write_floats(argv[2], l.delta, (size_t)batch * l.outputs);
  write_floats(argv[3], l.cost, 1);
  return 0;
}
