// The YOLO v3 loss by hand: every cell visited once, in blocks that stay in the first cache, on two threads.
// `fused FOLDER dense` compares every cell with every true box of its image, as the definition reads; `fused FOLDER near`
// visits around each true box the cells whose predictions can reach the threshold with it, as the compact graph does;
// `fused FOLDER boxes` does so too, and assigns boxes instead of looking for objects in dense labels.
// Built with -ffast-math: what speed a machine can give, not a reference for numbers. Speaks the lines of worker.ts.
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { BLOCK = 64, MOST_SCALES = 8, MOST_ANCHORS = 16 };

typedef struct {
  int h, w, cells; // cells of one image, anchors counted
  float anchors[MOST_ANCHORS][2];
  float *logits, *labels;
  unsigned char *hidden; // of each cell, for `near`
  int *places;           // of the positives: [batch][cells]
  int *counts;           // [batch]
} Scale;

static int scales, batch, anchors, classes, depth, near, rows, threads = 2;
static float *boxes; // [batch][rows][5]
static clockid_t clock_used = CLOCK_MONOTONIC;
static float threshold, input[2];
static Scale scale[MOST_SCALES];

static inline float softplus(float x) { return fmaxf(x, 0) + logf(1 + expf(-fabsf(x))); }

/** Cross-entropy of label z against logit t. */
static inline float entropy(float z, float t) { return softplus(t) - t * z; }

static float *read_floats(const char *folder, const char *stem, int l, size_t count) {
  char path[4096];
  snprintf(path, sizeof path, "%s/%s_%d.f32", folder, stem, l);
  FILE *file = fopen(path, "rb");
  float *data = aligned_alloc(64, (count * sizeof(float) + 63) / 64 * 64);
  if (!file || fread(data, sizeof(float), count, file) != count) exit(1);
  fclose(file);
  return data;
}

static void load(const char *folder) {
  char path[4096];
  snprintf(path, sizeof path, "%s/case.txt", folder);
  FILE *file = fopen(path, "r");
  if (!file || fscanf(file, "%d %d %d %d %f", &scales, &batch, &anchors, &classes, &threshold) != 5) exit(1);
  depth = 5 + classes;
  for (int l = 0; l < scales; l++) {
    Scale *s = &scale[l];
    if (fscanf(file, "%d %d", &s->h, &s->w) != 2) exit(1);
    for (int a = 0; a < anchors; a++)
      if (fscanf(file, "%f %f", &s->anchors[a][0], &s->anchors[a][1]) != 2) exit(1);
    s->cells = s->h * s->w * anchors;
    s->logits = read_floats(folder, "y_pred", l, (size_t)batch * s->cells * depth);
    s->labels = read_floats(folder, "y_true", l, (size_t)batch * s->cells * depth);
    s->places = malloc(sizeof(int) * batch * s->cells);
    s->counts = malloc(sizeof(int) * batch);
    s->hidden = malloc((size_t)batch * s->cells);
  }
  input[0] = 32.f * scale[0].w, input[1] = 32.f * scale[0].h;
  fclose(file);
}

static void load_boxes(const char *folder) {
  char path[4096];
  snprintf(path, sizeof path, "%s/boxes.f32", folder);
  FILE *file = fopen(path, "rb");
  if (!file || fseek(file, 0, SEEK_END)) exit(1);
  const long count = ftell(file) / (long)sizeof(float);
  rewind(file);
  boxes = malloc(count * sizeof(float));
  if (fread(boxes, sizeof(float), count, file) != (size_t)count) exit(1);
  fclose(file);
  rows = count / batch / 5;
}

/** The scale and anchor that a box of this size goes to, as one number. */
static int best_anchor(float w, float h) {
  int best = 0;
  float most = -1;
  for (int i = 0; i < scales * anchors; i++) {
    const float *a = scale[i / anchors].anchors[i % anchors];
    const float both = fminf(w, a[0]) * fminf(h, a[1]), ratio = both / (w * h + a[0] * a[1] - both);
    if (ratio > most) most = ratio, best = i;
  }
  return best;
}

/** Writes the boxes of an image that go to a scale into rows of its labels, and lists their places. */
static void assign(Scale *s, int l, int image) {
  int *places = s->places + (size_t)image * s->cells, count = 0;
  for (const float *b = boxes + (size_t)image * rows * 5, *end = b + rows * 5; b < end; b += 5) {
    const float w = b[2] - b[0], h = b[3] - b[1];
    if (w <= 0) continue;
    const int best = best_anchor(w, h);
    if (best / anchors != l) continue;
    // In float32 a centre on the border of two cells could fall into the other one.
    const float x = (double)floorf((b[0] + b[2]) / 2) / input[0], y = (double)floorf((b[1] + b[3]) / 2) / input[1];
    const int column = (double)x * s->w, line = (double)y * s->h;
    const int cell = (line * s->w + column) * anchors + best % anchors;
    float *row = s->labels + ((size_t)image * s->cells + cell) * depth;
    int known = 0;
    for (int k = 0; k < count; k++) known |= places[k] == cell;
    if (!known) memset(row, 0, depth * sizeof(float)), places[count++] = cell;
    row[0] = x, row[1] = y, row[2] = w / input[0], row[3] = h / input[1], row[4] = 1, row[5 + (int)b[4]] = 1;
  }
  s->counts[image] = count;
}

/** xy, wh and class terms of a positive row. */
static float positive(const Scale *s, const float *t, const float *y, int cell) {
  const int a = cell % anchors, column = cell / anchors % s->w, row = cell / anchors / s->w;
  const float o = y[4], c[2] = {column, row}, g[2] = {s->w, s->h};
  float xy = 0, wh = 0, cls = 0;
  for (int k = 0; k < 2; k++) {
    const float d = logf(y[2 + k] / s->anchors[a][k] * input[k]) - t[2 + k];
    xy += entropy(y[k] * g[k] - c[k], t[k]);
    wh += .5f * d * d;
  }
  for (int k = 5; k < depth; k++) cls += entropy(y[k], t[k]);
  return o * ((2 - y[2] * y[3]) * (xy + wh) + cls);
}

/** hidden[i] of `count` cells from `first`: whether a prediction reaches the threshold with a true box. */
static void hide(const Scale *s, int image, int first, int count, float *hidden) {
  float left[BLOCK], right[BLOCK], top[BLOCK], bottom[BLOCK], area[BLOCK];
  const float *t = s->logits + ((size_t)image * s->cells + first) * depth;
  for (int i = 0; i < count; i++, t += depth) {
    const int cell = first + i, a = cell % anchors;
    const float x = (1 / (1 + expf(-t[0])) + cell / anchors % s->w) / s->w;
    const float y = (1 / (1 + expf(-t[1])) + cell / anchors / s->w) / s->h;
    const float w = expf(t[2]) * s->anchors[a][0] / input[0], h = expf(t[3]) * s->anchors[a][1] / input[1];
    left[i] = x - w / 2, right[i] = x + w / 2, top[i] = y - h / 2, bottom[i] = y + h / 2, area[i] = w * h;
    hidden[i] = 0;
  }
  for (int k = 0; k < s->counts[image]; k++) {
    const float *box = s->labels + ((size_t)image * s->cells + s->places[image * s->cells + k]) * depth;
    const float l = box[0] - box[2] / 2, r = box[0] + box[2] / 2, u = box[1] - box[3] / 2, d = box[1] + box[3] / 2;
    const float whole = box[2] * box[3];
    for (int i = 0; i < count; i++) {
      const float across = fmaxf(fminf(right[i], r) - fmaxf(left[i], l), 0);
      const float down = fmaxf(fminf(bottom[i], d) - fmaxf(top[i], u), 0);
      const float both = across * down;
      hidden[i] = both >= threshold * (area[i] + whole - both) ? 1 : hidden[i];
    }
  }
}

/** Marks the cells around each true box of an image that hide behind it. */
static void hide_near(const Scale *s, int image) {
  unsigned char *hidden = s->hidden + (size_t)image * s->cells;
  const float reach = 1.001f * (threshold >= .5f ? 1 - threshold : (1 / threshold - 1) / 2);
  memset(hidden, 0, s->cells);
  for (int k = 0; k < s->counts[image]; k++) {
    const float *y = s->labels + ((size_t)image * s->cells + s->places[image * s->cells + k]) * depth;
    const int from = fmaxf((y[0] - reach * y[2]) * s->w - .001f, 0);
    const int to = fminf((y[0] + reach * y[2]) * s->w + .001f, s->w - 1);
    const int first = fmaxf((y[1] - reach * y[3]) * s->h - .001f, 0);
    const int last = fminf((y[1] + reach * y[3]) * s->h + .001f, s->h - 1);
    for (int row = first; row <= last; row++)
      for (int cell = (row * s->w + from) * anchors; cell < (row * s->w + to + 1) * anchors; cell++) {
        const float *t = s->logits + ((size_t)image * s->cells + cell) * depth;
        const float x = (1 / (1 + expf(-t[0])) + cell / anchors % s->w) / s->w;
        const float v = (1 / (1 + expf(-t[1])) + row) / s->h;
        const float *a = s->anchors[cell % anchors];
        const float w = expf(t[2]) * a[0] / input[0], h = expf(t[3]) * a[1] / input[1];
        const float across = fminf(x + w / 2, y[0] + y[2] / 2) - fmaxf(x - w / 2, y[0] - y[2] / 2);
        const float down = fminf(v + h / 2, y[1] + y[3] / 2) - fmaxf(v - h / 2, y[1] - y[3] / 2);
        const float both = fmaxf(across, 0) * fmaxf(down, 0);
        hidden[cell] |= both >= threshold * (w * h + y[2] * y[3] - both);
      }
  }
}

/** The loss of `count` cells of an image, undivided. */
static float block(const Scale *s, int image, int first, int count) {
  float hidden[BLOCK], o[BLOCK], t[BLOCK], sum = 0;
  const float *logits = s->logits + ((size_t)image * s->cells + first) * depth;
  const float *labels = s->labels + ((size_t)image * s->cells + first) * depth;
  if (near)
    for (int i = 0; i < count; i++) hidden[i] = s->hidden[(size_t)image * s->cells + first + i];
  else
    hide(s, image, first, count, hidden);
  for (int i = 0; i < count; i++) o[i] = 0, t[i] = logits[(size_t)i * depth + 4];
  for (int k = 0; k < s->counts[image]; k++) {
    const int i = s->places[image * s->cells + k] - first;
    if (i < 0 || i >= count) continue;
    o[i] = labels[(size_t)i * depth + 4];
    sum += positive(s, logits + (size_t)i * depth, labels + (size_t)i * depth, first + i);
  }
  for (int i = 0; i < count; i++) sum += entropy(o[i], t[i]) * (o[i] + (1 - o[i]) * (1 - hidden[i]));
  return sum;
}

static void find(const Scale *s, int image) {
  const float *o = s->labels + (size_t)image * s->cells * depth + 4;
  int *places = s->places + (size_t)image * s->cells, count = 0;
  for (int cell = 0; cell < s->cells; cell++)
    if (o[(size_t)cell * depth] != 0) places[count++] = cell;
  s->counts[image] = count;
}

static double loss(void) {
  double sum = 0;
#pragma omp parallel num_threads(threads)
  {
    for (int l = scales - 1; l >= 0; l--) {
#pragma omp for schedule(dynamic, 1)
      for (int image = 0; image < batch; image++) {
        if (boxes)
          assign(&scale[l], l, image);
        else
          find(&scale[l], image);
        if (near) hide_near(&scale[l], image);
      }
    }
    for (int l = scales - 1; l >= 0; l--) {
      const int blocks = (scale[l].cells + BLOCK - 1) / BLOCK;
#pragma omp for schedule(dynamic, 4) reduction(+ : sum) nowait
      for (int i = 0; i < batch * blocks; i++) {
        const int first = i % blocks * BLOCK, left = scale[l].cells - first;
        sum += block(&scale[l], i / blocks, first, left < BLOCK ? left : BLOCK);
      }
    }
  }
  return sum / batch;
}

static long peak(void) {
  char line[256];
  long kib = -1;
  FILE *file = fopen("/proc/self/status", "r");
  while (file && fgets(line, sizeof line, file)) sscanf(line, "VmHWM: %ld", &kib);
  if (file) fclose(file);
  return kib * 1024;
}

static int64_t now(void) {
  struct timespec t;
  clock_gettime(clock_used, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

int main(int argc, char **argv) {
  char line[64];
  volatile double result = 0;
  if (argc < 3) return 2;
  const char *busy = getenv("BENCH_BUSY");
  if (busy && !strcmp(busy, "1")) threads = 1, clock_used = CLOCK_PROCESS_CPUTIME_ID;
  near = strcmp(argv[2], "dense") != 0;
  load(argv[1]);
  if (!strcmp(argv[2], "boxes")) load_boxes(argv[1]);
  FILE *reset = fopen("/proc/self/clear_refs", "w"); // VmHWM starts anew
  if (reset) fputs("5", reset), fclose(reset);
  const long before = peak();
  puts("ready");
  fflush(stdout);
  while (fgets(line, sizeof line, stdin)) {
    int n = 0;
    if (!strncmp(line, "check", 5)) printf("%.9g", loss());
    if (!strncmp(line, "memory", 6)) result = loss(), printf("%ld", peak() - before);
    if (sscanf(line, "run %d", &n) == 1) result = loss();
    for (int i = 0; i < n; i++) {
      const int64_t from = now();
      result = loss();
      printf("%lld ", (long long)(now() - from));
    }
    puts("");
    fflush(stdout);
  }
  return result != result;
}
