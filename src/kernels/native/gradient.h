// Gradients of the weights: products over the frames of a block, while they are in the processor's cache.
// Each thread takes some columns, so that every element has one order of summation for any number of threads.
#pragma once

#include "weights.h"

namespace PATH {

// C[rows × 16·width] += AᵀB over `frames` frames, the columns that are `index`'s: row i of C from column i of
// A.
inline void add_product(const Call& call, int index, const float* a, long a_row, long rows, const float* b,
                        long b_row, long frames, long width, float* c, long c_row) {
  const long count = panel_count(width);
  for (long p = index; p < count; p += call.threads.count()) {
    const long start = p * width / count, size = (p + 1) * width / count - start;
    multiply_panel(rows, {a, 1, a_row}, b + LANES * start, b_row, frames, size, c + LANES * start, c_row,
                   true);
  }
}

// The vectors [begin, end) of a row that are `index`'s.
struct Columns {
  long begin, end;
};

inline Columns columns_of(const Call& call, int index, long width) {
  const long threads = call.threads.count();
  return {index * width / threads, (index + 1) * width / threads};
}

// c[16·width] += Σ_n b[n], the columns that are `index`'s.
inline void add_rows(const Call& call, int index, const float* b, long b_row, long frames, long width,
                     float* c) {
  const Columns columns = columns_of(call, index, width);
  for (long v = columns.begin; v < columns.end; v++) {
    Vector sum = zero();
    for (long n = 0; n < frames; n++) sum = sum + load(b + n * b_row + LANES * v);
    store(c + LANES * v, load(c + LANES * v) + sum);
  }
}

// dW and db of the output layer, from a block of frames.
inline void add_output_gradient(const Call& call, long n, long rows, int index) {
  const Workspace& space = call.space;
  const long units = call.width.units, outputs = call.width.outputs;
  add_product(call, index, space.h + n * units, units, call.model.H, space.outputs, outputs, rows,
              outputs / LANES, space.output_dW, outputs);
  add_rows(call, index, space.outputs, outputs, rows, outputs / LANES, space.output_db);
}

// Frames that a block has about: their rows fit into the second-level cache.
constexpr long BLOCK_FRAMES = 256;

// The frames of some successive steps; their rows of h₋ stand `before` rows before those of δ.
struct Frames {
  long n, count, before;
};

// dU = Σ h₋ᵀδ of one recurrent product. Before the first step, h₋ is 0.
inline void add_recurrent_gradient(const Call& call, int index, Frames frames, Group group) {
  const Workspace& space = call.space;
  const long units = call.width.units, gates_row = call.width.gates_row;
  if (frames.n == 0) return;
  const float* h =
      group.column > 0 ? space.reset_h + frames.n * units : space.h + (frames.n - frames.before) * units;
  add_product(call, index, h, units, call.model.H, space.gates + frames.n * gates_row + group.column,
              gates_row, frames.count, group.width, space.dU + group.column, call.width.gates);
}

// dW of inputs that are 0 or 1: each 1 adds its frame's δ to a row.
inline void add_sparse_input_gradient(const Call& call, int index, Frames frames) {
  const Rows& x = call.batch.inputs;
  const Workspace& space = call.space;
  const long width = call.width.gates;
  const Columns columns = columns_of(call, index, width / LANES);
  for (long n = frames.n; n < frames.n + frames.count; n++) {
    const float* delta = space.gates + n * call.width.gates_row;
    for (long k = x.starts[n]; k < x.starts[n + 1]; k++) {
      float* row = space.dW + x.columns[k] * width;
      for (long v = LANES * columns.begin; v < LANES * columns.end; v += LANES)
        store(row + v, load(row + v) + load(delta + v));
    }
  }
}

// dV = Σ δ⊙c, with the old cell for the input and forget gates and the new one for the output gate. Before
// the first step, the old cell is 0.
inline void add_peephole_gradient(const Call& call, int index, Frames frames) {
  const Workspace& space = call.space;
  const long H = call.model.H, units = call.width.units;
  const Columns columns = columns_of(call, index, units / LANES);
  for (long p = frames.n == 0 ? 2 : 0; p < 3; p++)
    for (long v = columns.begin; v < columns.end; v++) {
      const float* delta = space.gates + frames.n * call.width.gates_row + p * H + LANES * v;
      const float* c = space.c + (p == 2 ? frames.n : frames.n - frames.before) * units + LANES * v;
      float* dV = space.dV + p * units + LANES * v;
      Vector sum = zero();
      for (long n = 0; n < frames.count; n++)
        sum = fma(load(delta + n * call.width.gates_row), load(c + n * units), sum);
      store(dV, load(dV) + sum);
    }
}

// All gradients of the cell from some frames, the columns that are `index`'s.
inline void add_cell_gradient(const Call& call, int index, Frames frames) {
  const Rows& x = call.batch.inputs;
  const Workspace& space = call.space;
  const long gates_row = call.width.gates_row, width = call.width.gates / LANES;
  const float* delta = space.gates + frames.n * gates_row;
  for (long g = 0; g < group_count(call.model); g++)
    add_recurrent_gradient(call, index, frames, group(call.model, g));
  add_rows(call, index, delta, gates_row, frames.count, width, space.db);
  if (call.model.cell == Cell::lstm) add_peephole_gradient(call, index, frames);
  if (x.values)
    add_product(call, index, x.values + frames.n * x.width, x.width, x.width, delta, gates_row, frames.count,
                width, space.dW, call.width.gates);
  else
    add_sparse_input_gradient(call, index, frames);
}

}  // namespace PATH
