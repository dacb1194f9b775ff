/* Numbers of files, for programs that run a YOLO layer on one batch. Errors end them with exit code 2. */
#ifndef FILES_H
#define FILES_H

#include <stdio.h>
#include <stdlib.h>

static void *read_exactly(FILE *file, size_t size, size_t count) {
  void *data = calloc(count, size);
  if (!data || fread(data, size, count, file) != count) {
    fprintf(stderr, "the input ends too early\n");
    exit(2);
  }
  return data;
}

static void write_floats(const char *name, const float *data, size_t count) {
  FILE *out = fopen(name, "wb");
  if (!out || fwrite(data, sizeof(float), count, out) != count || fclose(out)) {
    fprintf(stderr, "cannot write %s\n", name);
    exit(2);
  }
}

#endif
