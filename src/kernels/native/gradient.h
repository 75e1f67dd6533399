// Gradients of the weights: products over the frames of a block, while they are in the processor's cache.
// Each thread takes some elements, so that every one has one order of summation for any number of threads.
#pragma once

#include "weights.h"

namespace PATH {

// A panel's part of C[rows × 16·vectors] += AᵀB: the rows [first, last), and the columns that are no filling.
struct Part {
  int64_t first, last;
  int64_t start, vectors, columns;
};

// Cuts C into blocks of a panel's columns and up to BLOCK_ROWS rows, and takes those that are `index`'s: as
// many as any other thread's but for one. Calls f with what of each panel they make.
template <class F> void each_part(const Call& call, int index, int64_t rows, int64_t columns, F f) {
  const int64_t width = vectors(columns), count = panel_count(width);
  const int64_t blocks = (rows + BLOCK_ROWS - 1) / BLOCK_ROWS, threads = call.threads.count();
  const int64_t begin = index * count * blocks / threads, end = (index + 1) * count * blocks / threads;
  for (int64_t p = begin / blocks; p * blocks < end; p++) {
    const int64_t first = begin > p * blocks ? begin - p * blocks : 0;
    const int64_t last = end < (p + 1) * blocks ? end - p * blocks : blocks;
    const int64_t start = p * width / count, size = (p + 1) * width / count - start;
    const int64_t rest = columns - LANES * start;
    f(Part{first * rows / blocks, last * rows / blocks, start, size,
           rest < LANES * size ? rest : LANES * size});
  }
}

// C[rows × columns] += AᵀB over `frames` frames, the part that is `index`'s: row i of C from column i of A.
inline void add_product(const Call& call, int index, const float* a, int64_t a_row, int64_t rows,
                        const float* b, int64_t b_row, int64_t frames, int64_t columns, float* c,
                        int64_t c_row) {
  const int left = least_exponent(a, frames, a_row, rows);
  const auto fade = [=](int64_t first, int64_t count) {
    return may_fade(left, least_exponent(b + first, frames, b_row, count));
  };
  // Few columns of many have numbers so small that their sums may fade.
  const bool any_fades = fade(0, columns);
  each_part(call, index, rows, columns, [&](const Part& part) {
    const Left transposed = {a + part.first, 1, a_row};
    const float* panel = b + LANES * part.start;
    float* at = c + part.first * c_row + LANES * part.start;
    const int64_t size = part.last - part.first;
    if (any_fades && fade(LANES * part.start, part.columns))
      multiply_fading_panel(size, transposed, panel, b_row, frames, part.vectors, part.columns, at, c_row,
                            true);
    else
      multiply_panel(size, transposed, panel, b_row, frames, part.vectors, at, c_row, true);
  });
}

// The vectors [begin, end) of a row that are `index`'s.
struct Columns {
  int64_t begin, end;
};

inline Columns columns_of(const Call& call, int index, int64_t width) {
  const int64_t threads = call.threads.count();
  return {index * width / threads, (index + 1) * width / threads};
}

// c[16·width] += Σ_n b[n], the columns that are `index`'s.
inline void add_rows(const Call& call, int index, const float* b, int64_t b_row, int64_t frames,
                     int64_t width, float* c) {
  const Columns columns = columns_of(call, index, width);
  for (int64_t v = columns.begin; v < columns.end; v++) {
    Value sum = constant(0.0f);
    for (int64_t n = 0; n < frames; n++) sum = sum + value(b + n * b_row + LANES * v);
    store(c + LANES * v, value(c + LANES * v) + sum);
  }
}

// dW and db of the output layer, from a block of frames.
inline void add_output_gradient(const Call& call, int64_t n, int64_t rows, int index) {
  const Workspace& space = call.space;
  const int64_t units = call.width.units, outputs = call.width.outputs;
  add_product(call, index, space.state[0] + n * units, units, call.model.H, space.outputs, outputs, rows,
              output_size(call.model), space.output_dW, outputs);
  add_rows(call, index, space.outputs, outputs, rows, outputs / LANES, space.output_db);
}

// Frames that a block has about: their rows fit into the second-level cache.
constexpr int64_t BLOCK_FRAMES = 256;

// The frames of some successive steps; their rows of h₋ stand `before` rows before those of δ.
struct Frames {
  int64_t n, count, before;
};

// dU = Σ aᵀδ of one recurrent product with a. Before the first step, states are 0.
inline void add_recurrent_gradient(const Call& call, int index, Frames frames, int64_t g) {
  const Model& model = call.model;
  const GroupShape& group = model.unit.shape.group[g];
  const Workspace& space = call.space;
  const int64_t units = call.width.units, gates_row = call.width.gates_row, column = group_column(model, g);
  if (group.operand == Operand::none || (frames.n == 0 && group.vanishes)) return;
  const float* a = group.operand == Operand::computed
                       ? space.operand[group.index] + frames.n * units
                       : space.state[group.index] + (frames.n - frames.before) * units;
  add_product(call, index, a, units, model.H, space.gates + frames.n * gates_row + column, gates_row,
              frames.count, group.gates * model.H, space.dU + column, call.width.gates);
}

// dW of inputs that are 0 or 1: each 1 adds its frame's δ to a row.
inline void add_sparse_input_gradient(const Call& call, int index, Frames frames) {
  const Rows& x = call.batch.inputs;
  const Workspace& space = call.space;
  const int64_t width = call.width.input;
  const Columns columns = columns_of(call, index, width / LANES);
  for (int64_t n = frames.n; n < frames.n + frames.count; n++) {
    const float* delta = space.gates + n * call.width.gates_row + call.width.input_begin;
    for (int64_t k = x.starts[n]; k < x.starts[n + 1]; k++) {
      float* row = space.dW + x.columns[k] * width;
      for (int64_t v = LANES * columns.begin; v < LANES * columns.end; v += LANES)
        store(row + v, load(row + v) + load(delta + v));
    }
  }
}

// dV = Σ δ⊙state. Before the first step, states are 0.
inline void add_diagonal_gradient(const Call& call, int index, Frames frames, const DiagonalShape& of) {
  const Workspace& space = call.space;
  const int64_t units = call.width.units, gates_row = call.width.gates_row;
  if (of.before && frames.n == 0) return;
  const Columns columns = columns_of(call, index, units / LANES);
  const float* gate = space.gates + frames.n * gates_row + gate_column(call.model, of.gate);
  const float* state = space.state[of.state] + (of.before ? frames.n - frames.before : frames.n) * units;
  float* dV = space.dV + of.weight * units;
  for (int64_t v = LANES * columns.begin; v < LANES * columns.end; v += LANES) {
    Value sum = constant(0.0f);
    for (int64_t n = 0; n < frames.count; n++)
      sum = fma(value(gate + n * gates_row + v), value(state + n * units + v), sum);
    store(dV + v, value(dV + v) + sum);
  }
}

// All gradients of the cell from some frames, the columns that are `index`'s.
inline void add_cell_gradient(const Call& call, int index, Frames frames) {
  const Rows& x = call.batch.inputs;
  const Workspace& space = call.space;
  const UnitShape& shape = call.model.unit.shape;
  const int64_t gates_row = call.width.gates_row, input = call.width.input;
  const float* delta = space.gates + frames.n * gates_row;
  for (int64_t g = 0; g < shape.groups; g++) add_recurrent_gradient(call, index, frames, g);
  const int64_t columns = shape.extras > 0 ? gates_row : call.width.gates;
  add_rows(call, index, delta, gates_row, frames.count, columns / LANES, space.db);
  for (int64_t d = 0; d < shape.diagonals; d++) add_diagonal_gradient(call, index, frames, shape.diagonal[d]);
  if (x.values)
    add_product(call, index, x.values + frames.n * x.width, x.width, x.width, delta + call.width.input_begin,
                gates_row, frames.count, input, space.dW, input);
  else
    add_sparse_input_gradient(call, index, frames);
}

}  // namespace PATH
