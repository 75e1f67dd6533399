// The output layer: logits, NLL and their gradient, a block of frames at a time, so that no more than a block
// of logits is ever in memory.
#pragma once

#include "bernoulli.h"
#include "gradient.h"
#include "weights.h"

namespace PATH {

template <bool GRADIENT> float frame_nll(const Call& call, float* outputs, long n, const float* dy, float* scratch) {
  const float weight = GRADIENT ? dy[call.space.sequence_of[n]] : 0;
  const Rows& targets = call.batch.targets;
  if (call.model.output == Output::bernoulli) return bernoulli_nll<GRADIENT>(outputs, targets, n, weight);
  return mixture_nll<GRADIENT>(call.model, outputs, targets.values + n * targets.width, weight, scratch);
}

// NLL of the frames [n, n + rows), whose outputs start at row `first` of the block; with GRADIENT the gradients
// of the outputs and dh = δWᵀ.
template <bool GRADIENT>
void output_rows(const Call& call, long n, long rows, long first, const float* dy, float* scratch) {
  const Workspace& space = call.space;
  const long units = call.width.units, width = call.width.outputs;
  float* outputs = space.outputs + first * width;
  for (long i = 0; i < rows; i++) copy(space.output_b, outputs + i * width, width);
  multiply(rows, {space.h + n * units, units, 1}, output_panels(call), outputs, width, true);
  for (long i = 0; i < rows; i++)
    space.frame_nll[n + i] = frame_nll<GRADIENT>(call, outputs + i * width, n + i, dy, scratch);
  if (GRADIENT)
    multiply(rows, {outputs, width, 1}, transposed_output_panels(call), space.dh + n * units, units, false);
}

template <bool GRADIENT> void run_output(const Call& call, const float* dy) {
  const Workspace& space = call.space;
  const long N = call.batch.frames, threads = call.threads.count();
  for (long n = 0; n < N; n += OUTPUT_FRAMES) {
    const long rows = N - n < OUTPUT_FRAMES ? N - n : OUTPUT_FRAMES;
    on_each(call.threads, [&](int index) {
      const long begin = index * rows / threads, end = (index + 1) * rows / threads;
      output_rows<GRADIENT>(call, n + begin, end - begin, begin, dy, space.scratch + index * space.scratch_size);
    });
    if (GRADIENT)
      on_each(call.threads, [&](int index) { add_output_gradient(call, n, rows, index); });
  }
}

}  // namespace PATH
