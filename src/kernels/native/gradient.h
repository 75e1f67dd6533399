// Gradients of the weights: products over frames, a block of frames at a time. Each thread takes some panels of
// columns, so that every element has one order of summation for any number of threads.
#pragma once

#include "weights.h"

namespace PATH {

// Frames that one sum in registers runs over; the sums of blocks are added up in memory.
constexpr long BLOCK_FRAMES = 256;

// C[rows × 16·width] += AᵀB over `frames` frames, the columns that are `index`'s: row i of C from column i of A.
inline void add_product(const Call& call, int index, const float* a, long a_row, long rows, const float* b,
                        long b_row, long frames, long width, float* c, long c_row) {
  const long count = panel_count(width);
  for (long p = index; p < count; p += call.threads.count()) {
    const long start = p * width / count, size = (p + 1) * width / count - start;
    for (long n = 0; n < frames; n += BLOCK_FRAMES) {
      const long depth = frames - n < BLOCK_FRAMES ? frames - n : BLOCK_FRAMES;
      multiply_panel(rows, {a + n * a_row, 1, a_row}, b + n * b_row + LANES * start, b_row, depth, size,
                     c + LANES * start, c_row, true);
    }
  }
}

// c[16·width] += Σ_n b[n], the columns that are `index`'s.
inline void add_rows(const Call& call, int index, const float* b, long b_row, long frames, long width, float* c) {
  const long count = panel_count(width);
  for (long p = index; p < count; p += call.threads.count())
    for (long v = p * width / count; v < (p + 1) * width / count; v++) {
      Vector sum = zero();
      for (long n = 0; n < frames; n++) sum = sum + load(b + n * b_row + LANES * v);
      store(c + LANES * v, load(c + LANES * v) + sum);
    }
}

// dW and db of the output layer, from a block of frames.
inline void add_output_gradient(const Call& call, long n, long rows, int index) {
  const Workspace& space = call.space;
  const long units = call.width.units, outputs = call.width.outputs;
  add_product(call, index, space.h + n * units, units, call.model.H, space.outputs, outputs, rows, outputs / LANES,
              space.output_dW, outputs);
  add_rows(call, index, space.outputs, outputs, rows, outputs / LANES, space.output_db);
}

// dU = Σ h₋ᵀδ. The rows of h₋ stand as far before those of δ as sequences were active a step before, which is
// the same for all steps until the next sequence ends.
inline void add_recurrent_gradient(const Call& call, int index, Group group) {
  const Batch& batch = call.batch;
  const Workspace& space = call.space;
  const long units = call.width.units, gates_row = call.width.gates_row;
  const auto add = [&](const float* a, long n, long frames) {
    add_product(call, index, a, units, call.model.H, space.gates + n * gates_row + group.column, gates_row, frames,
                group.width, space.dU + group.column, call.width.gates);
  };
  if (group.column > 0) return add(space.reset_h, 0, batch.frames);
  long n = batch.active[0];
  for (long t = 1; t < batch.steps;) {
    const long before = batch.active[t - 1], start = n;
    for (; t < batch.steps && batch.active[t - 1] == before; t++) n += batch.active[t];
    add(space.h + (start - before) * units, start, n - start);
  }
}

// dW of inputs that are 0 or 1: each 1 adds its frame's δ to a row.
inline void add_sparse_input_gradient(const Call& call, int index) {
  const Rows& x = call.batch.inputs;
  const Workspace& space = call.space;
  const long width = call.width.gates, threads = call.threads.count();
  const long begin = index * (width / LANES) / threads * LANES, end = (index + 1) * (width / LANES) / threads * LANES;
  for (long n = 0; n < call.batch.frames; n++) {
    const float* delta = space.gates + n * call.width.gates_row;
    for (long k = x.starts[n]; k < x.starts[n + 1]; k++) {
      float* row = space.dW + x.columns[k] * width;
      for (long v = begin; v < end; v += LANES) store(row + v, load(row + v) + load(delta + v));
    }
  }
}

// dV = Σ δ⊙c, with the old cell for the input and forget gates and the new one for the output gate.
inline void add_peephole_gradient(const Call& call, float* gradient) {
  const Batch& batch = call.batch;
  const Workspace& space = call.space;
  const long H = call.model.H, units = call.width.units;
  for (long p = 0; p < 3; p++)
    for (long j = 0; j < H; j += LANES) {
      Vector sum = zero();
      long n = p == 2 ? 0 : batch.active[0];
      for (long t = p == 2 ? 0 : 1; t < batch.steps; t++)
        for (long end = n + batch.active[t]; n < end; n++) {
          const long cell = p == 2 ? n : n - batch.active[t - 1];
          sum = fma(load(space.gates + n * call.width.gates_row + p * H + j), load(space.c + cell * units + j), sum);
        }
      store_first(gradient + offset_V(call.model, p) + j, sum, H - j);
    }
}

inline void add_cell_gradient(const Call& call, int index) {
  const Rows& x = call.batch.inputs;
  const Workspace& space = call.space;
  const long N = call.batch.frames, width = call.width.gates / LANES;
  for (long g = 0; g < group_count(call.model); g++) add_recurrent_gradient(call, index, group(call.model, g));
  add_rows(call, index, space.gates, call.width.gates_row, N, width, space.db);
  if (x.values)
    add_product(call, index, x.values, x.width, x.width, space.gates, call.width.gates_row, N, width, space.dW,
                call.width.gates);
  else
    add_sparse_input_gradient(call, index);
}

}  // namespace PATH
