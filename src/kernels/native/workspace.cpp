#include "workspace.h"

#include <algorithm>

namespace {

constexpr long LANES = 16;
constexpr size_t ALIGNMENT = 64;
// Vectors are loaded whole: up to a vector may be read past the end of a part.
constexpr long SLACK = LANES;

long round_up(long n) { return (n + LANES - 1) / LANES * LANES; }

class Arena {
 public:
  explicit Arena(char* base) : base_(base) {}
  template <class T> T* take(long count) {
    T* at = base_ ? reinterpret_cast<T*>(base_ + used_) : nullptr;
    used_ += (static_cast<size_t>(count + SLACK) * sizeof(T) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    return at;
  }
  size_t used() const { return used_; }

 private:
  char* base_;
  size_t used_ = 0;
};

}  // namespace

long group_column(const Model& model, long group) {
  long column = 0;
  for (long g = 0; g < group; g++) column += round_up(model.unit.shape.group[g].gates * model.H);
  return column;
}

long gate_column(const Model& model, long gate) {
  const GateShape& shape = model.unit.shape.gate[gate];
  return group_column(model, shape.group) + shape.position * model.H;
}

long extra_column(const Model& model, long extra) {
  return group_column(model, model.unit.shape.groups) + extra * round_up(model.H);
}

Widths widths(const Model& model) {
  const UnitShape& shape = model.unit.shape;
  const long H = model.H, gates = group_column(model, shape.groups);
  long begin = gates, end = 0, row = extra_column(model, shape.extras);
  for (long gate = 0; gate < shape.gates; gate++) {
    const long column = gate_column(model, gate);
    row = std::max(row, column + round_up(H));
    if (!shape.gate[gate].input) continue;
    begin = std::min(begin, column);
    end = std::max(end, column + H);
  }
  const long input = round_up(end - begin);
  row = round_up(std::max(row, begin + input));
  return {gates, begin, input, row, round_up(H), round_up(output_size(model))};
}

size_t lay_out(Workspace& w, char* base, const Model& model, const Batch& batch, bool gradient, int threads) {
  const Widths width = widths(model);
  const UnitShape& shape = model.unit.shape;
  const long H = model.H, O = output_size(model);
  const long rows = gradient ? batch.frames : batch.sequences;
  Arena arena(base);
  w.W = arena.take<float>(model.I * width.input);
  w.b = arena.take<float>(width.gates_row);
  w.U = arena.take<float>(H * width.gates);
  w.V = arena.take<float>(shape.weights * width.units);
  w.output_W = arena.take<float>(H * width.outputs);
  w.output_b = arena.take<float>(width.outputs);
  w.gates = arena.take<float>(rows * width.gates_row);
  w.state[0] = arena.take<float>(batch.frames * width.units);
  for (long k = 1; k < shape.states; k++) w.state[k] = arena.take<float>(rows * width.units);
  for (long k = 0; k < shape.operands; k++) w.operand[k] = arena.take<float>(rows * width.units);
  w.zeros = arena.take<float>(batch.sequences * width.units);
  w.outputs = arena.take<float>(OUTPUT_FRAMES * width.outputs);
  w.frame_nll = arena.take<float>(batch.frames);
  w.sequence_of = arena.take<int32_t>(batch.frames);
  w.used_inputs = arena.take<bool>(model.I);
  w.output_column = arena.take<int32_t>(O);
  w.scratch_size = 4 * (model.K * model.D + 2 * LANES + round_up(model.K));
  w.scratch = arena.take<float>(threads * w.scratch_size);
  if (!gradient) return arena.used();

  w.U_transposed = arena.take<float>(shape.gates * H * width.units);
  w.output_W_transposed = arena.take<float>(O * width.units);
  w.dh = arena.take<float>(batch.frames * width.units);
  const long of_sequences = batch.sequences * width.units;
  for (long k = 1; k < shape.states; k++) w.gradient[k] = arena.take<float>(of_sequences);
  for (long k = 0; k < shape.operands; k++) w.product[k] = arena.take<float>(of_sequences);
  for (long k = 0; k < shape.carries; k++) w.carry[k] = arena.take<float>(of_sequences);
  w.dW = arena.take<float>(model.I * width.input);
  w.db = arena.take<float>(width.gates_row);
  w.dU = arena.take<float>(H * width.gates);
  w.dV = arena.take<float>(shape.weights * width.units);
  w.output_dW = arena.take<float>(H * width.outputs);
  w.output_db = arena.take<float>(width.outputs);
  return arena.used();
}
