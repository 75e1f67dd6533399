// From the flat parameter vector to the order that products want, and back for the gradient.
#pragma once

#include "call.h"
#include "matrix.h"
#include "mixture.h"
#include "step.h"

namespace PATH {

// Between arrays that share no memory: the last vector is whole, and may copy some numbers a second time.
inline void copy(const float* from, float* to, int64_t n) {
  int64_t i = 0;
  for (; i + LANES <= n; i += LANES) store(to + i, load(from + i));
  if (i < n && n >= LANES) store(to + n - LANES, load(from + n - LANES));
  if (n < LANES)
    for (; i < n; i++) to[i] = from[i];
}

// A matrix [depth × 16·width] in panels; a single row of the left factor wants one panel.
struct PanelWriter {
  Panels panels;
  bool single;

  void clear() const { std::memset(panels.at, 0, sizeof(float) * LANES * panels.width * panels.depth); }

  // Where row k of the panel with vector v starts, and the vectors from there to the panel's end.
  struct Place {
    float* at;
    int64_t vectors;
  };
  Place place(int64_t k, int64_t v) const {
    if (single) return {panels.at + LANES * (k * panels.width + v), panels.width - v};
    const int64_t count = panel_count(panels.width);
    int64_t p = v * count / panels.width;
    while ((p + 1) * panels.width / count <= v) p++;
    const int64_t start = p * panels.width / count, end = (p + 1) * panels.width / count;
    return {panels.at + LANES * (start * panels.depth + k * (end - start) + v - start), end - v};
  }

  float& element(int64_t k, int64_t column) const { return place(k, column / LANES).at[column % LANES]; }

  // Writes n numbers of row k from a column on.
  void row(int64_t k, int64_t column, const float* from, int64_t n) const {
    while (n > 0) {
      const Place to = place(k, column / LANES);
      const int64_t room = LANES * to.vectors - column % LANES, size = n < room ? n : room;
      copy(from, to.at + column % LANES, size);
      from += size, column += size, n -= size;
    }
  }
};

inline Panels recurrent_panels(const Call& call, int64_t g) {
  const Model& model = call.model;
  const int64_t columns = model.unit.shape.group[g].gates * model.H;
  return {call.space.U + group_column(model, g) * model.H, model.H, vectors(columns), columns,
          call.least_parameter};
}

inline Panels transposed_panels(const Call& call, int64_t g) {
  const Model& model = call.model;
  const GroupShape* group = model.unit.shape.group;
  int64_t gates = 0;
  for (int64_t before = 0; before < g; before++) gates += group[before].gates;
  return {call.space.U_transposed + gates * model.H * call.width.units, group[g].gates * model.H,
          vectors(model.H), model.H, call.least_parameter};
}

inline Panels input_panels(const Call& call) {
  return {call.space.W, call.model.I, call.width.input / LANES, call.width.input, call.least_parameter};
}

inline Panels output_panels(const Call& call) {
  return {call.space.output_W, call.model.H, call.width.outputs / LANES, output_size(call.model),
          call.least_parameter};
}

inline Panels transposed_output_panels(const Call& call) {
  return {call.space.output_W_transposed, output_size(call.model), vectors(call.model.H), call.model.H,
          call.least_parameter};
}

// Transposes [rows × columns] into rows of `to`: element (i, j) goes to row row_of[j] (j where that is null)
// after the first, column i.
inline void transpose(const float* from, int64_t rows, int64_t columns, const PanelWriter& to,
                      int64_t first_row, const int32_t* row_of) {
  for (int64_t v = 0; v < rows; v += LANES)
    for (int64_t j = 0; j < columns; j++) {
      float* at = to.place(first_row + (row_of ? row_of[j] : j), v / LANES).at;
      const int64_t n = rows - v < LANES ? rows - v : LANES;
      for (int64_t i = 0; i < n; i++) at[i] = from[(v + i) * columns + j];
    }
}

// Marks the inputs that any frame of the batch uses: a piece sounds a third of the keys.
inline void mark_used_inputs(const Model& model, const Batch& batch, bool* used) {
  const Rows& x = batch.inputs;
  std::memset(used, x.values != nullptr, static_cast<size_t>(model.I));
  if (x.values) return;
  for (int64_t k = x.starts[0]; k < x.starts[batch.frames]; k++) used[x.columns[k]] = true;
}

// Whether a row of W has columns that no gate with an input writes.
inline bool has_gap(const Call& call) {
  const Model& model = call.model;
  for (int64_t gate = 0; gate < model.unit.shape.gates; gate++) {
    const int64_t column = gate_column(model, gate) - call.width.input_begin;
    if (!model.unit.shape.gate[gate].input && column + model.H > 0 && column < call.width.input) return true;
  }
  return false;
}

inline void pack_gate(const Call& call, const float* parameters, bool gradient, int64_t gate) {
  const Model& model = call.model;
  const int64_t H = model.H, I = model.I, column = gate_column(model, gate);
  const GateShape& of = model.unit.shape.gate[gate];
  if (of.bias) copy(parameters + offset_b(model, gate), call.space.b + column, H);
  if (of.input) {
    const PanelWriter W = {input_panels(call), call.single || call.batch.inputs.values == nullptr};
    const float* W_gate = parameters + offset_W(model, gate);
    for (int64_t i = 0; i < I; i++)
      if (call.space.used_inputs[i]) W.row(i, column - call.width.input_begin, W_gate + i * H, H);
  }
  if (!has_product(model, gate)) return;
  const int64_t within = of.position * H;
  const PanelWriter U = {recurrent_panels(call, of.group), call.single};
  const float* U_gate = parameters + offset_U(model, gate);
  for (int64_t k = 0; k < H; k++) U.row(k, within, U_gate + k * H, H);
  if (gradient) transpose(U_gate, H, H, {transposed_panels(call, of.group), call.single}, within, nullptr);
}

inline void pack_cell(const Call& call, const float* parameters, bool gradient) {
  const Model& model = call.model;
  const UnitShape& shape = model.unit.shape;
  const bool dense = call.batch.inputs.values != nullptr;
  mark_used_inputs(model, call.batch, call.space.used_inputs);
  if (dense || has_gap(call)) PanelWriter{input_panels(call), true}.clear();
  std::memset(call.space.b, 0, sizeof(float) * call.width.gates_row);
  for (int64_t g = 0; g < shape.groups; g++) {
    if (shape.group[g].operand == Operand::none) continue;
    PanelWriter{recurrent_panels(call, g), call.single}.clear();
    if (gradient) PanelWriter{transposed_panels(call, g), call.single}.clear();
  }
  for (int64_t gate = 0; gate < shape.gates; gate++) pack_gate(call, parameters, gradient, gate);
  for (int64_t p = 0; p < shape.weights; p++)
    copy(parameters + offset_V(model, p), call.space.V + p * call.width.units, model.H);
}

inline void pack_output(const Call& call, const float* parameters, bool gradient) {
  const Model& model = call.model;
  const Workspace& space = call.space;
  const int64_t H = model.H, O = output_size(model);
  const float *W = parameters + offset_output_W(model), *b = parameters + offset_output_b(model);
  for (int64_t o = 0; o < O; o++)
    space.output_column[o] =
        static_cast<int32_t>(model.output == Output::mixture ? mixture_column(model, o) : o);
  const PanelWriter panels = {output_panels(call), false};
  panels.clear();
  std::memset(space.output_b, 0, sizeof(float) * call.width.outputs);
  for (int64_t o = 0; o < O; o++) space.output_b[space.output_column[o]] = b[o];
  for (int64_t k = 0; k < H; k++) {
    const float* row = W + k * O;
    if (model.output == Output::mixture) {
      for (int64_t o = 0; o < O; o++) space.outputs[space.output_column[o]] = row[o];
      row = space.outputs;
    }
    panels.row(k, 0, row, O);
  }
  if (!gradient) return;
  const PanelWriter transposed = {transposed_output_panels(call), false};
  transposed.clear();
  transpose(W, H, O, transposed, 0, space.output_column);
}

// The gradient of the flat vector from the workspace's.
inline void unpack_gradient(const Call& call, float* gradient) {
  const Model& model = call.model;
  const int64_t H = model.H, O = output_size(model);
  const Workspace& space = call.space;
  const UnitShape& shape = model.unit.shape;
  for (int64_t gate = 0; gate < shape.gates; gate++) {
    const GateShape& of = shape.gate[gate];
    const int64_t column = gate_column(model, gate), input = call.width.input;
    if (of.bias) copy(space.db + column, gradient + offset_b(model, gate), H);
    float *dW = gradient + offset_W(model, gate), *dU = gradient + offset_U(model, gate);
    if (of.input)
      for (int64_t i = 0; i < model.I; i++)
        copy(space.dW + i * input + column - call.width.input_begin, dW + i * H, H);
    if (has_product(model, gate))
      for (int64_t k = 0; k < H; k++) copy(space.dU + k * call.width.gates + column, dU + k * H, H);
  }
  for (int64_t e = 0; e < shape.extras; e++) {
    float* dV = space.dV + shape.extra[e] * call.width.units;
    const float* sum = space.db + extra_column(model, e);
    for (int64_t j = 0; j < H; j++) dV[j] += sum[j];
  }
  for (int64_t p = 0; p < shape.weights; p++)
    copy(space.dV + p * call.width.units, gradient + offset_V(model, p), H);
  float* output_W = gradient + offset_output_W(model);
  for (int64_t k = 0; k < H; k++) {
    const float* row = space.output_dW + k * call.width.outputs;
    if (model.output == Output::bernoulli)
      copy(row, output_W + k * O, O);
    else
      for (int64_t o = 0; o < O; o++) output_W[k * O + o] = row[space.output_column[o]];
  }
  for (int64_t o = 0; o < O; o++)
    gradient[offset_output_b(model) + o] = space.output_db[space.output_column[o]];
}

}  // namespace PATH
