#include "workspace.h"

#include <algorithm>

namespace {

constexpr int64_t LANES = 16;
constexpr uint64_t ALIGNMENT = 64;
// Vectors are loaded whole: up to a vector may be read past the end of a part.
constexpr int64_t SLACK = LANES;

int64_t round_up(int64_t n) { return (n + LANES - 1) / LANES * LANES; }

class Arena {
 public:
  explicit Arena(char* base) : base_(base) {}
  template <class T> T* take(int64_t count) {
    T* at = base_ ? reinterpret_cast<T*>(base_ + used_) : nullptr;
    used_ += (static_cast<uint64_t>(count + SLACK) * sizeof(T) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    return at;
  }
  uint64_t used() const { return used_; }

 private:
  char* base_;
  uint64_t used_ = 0;
};

}  // namespace

int64_t group_column(const Model& model, int64_t group) {
  int64_t column = 0;
  for (int64_t g = 0; g < group; g++) column += round_up(model.unit.shape.group[g].gates * model.H);
  return column;
}

int64_t gate_column(const Model& model, int64_t gate) {
  const GateShape& shape = model.unit.shape.gate[gate];
  return group_column(model, shape.group) + shape.position * model.H;
}

int64_t extra_column(const Model& model, int64_t extra) {
  return group_column(model, model.unit.shape.groups) + extra * round_up(model.H);
}

Widths widths(const Model& model) {
  const UnitShape& shape = model.unit.shape;
  const int64_t H = model.H, gates = group_column(model, shape.groups);
  int64_t begin = gates, end = 0, row = extra_column(model, shape.extras);
  for (int64_t gate = 0; gate < shape.gates; gate++) {
    const int64_t column = gate_column(model, gate);
    row = std::max(row, column + round_up(H));
    if (!shape.gate[gate].input) continue;
    begin = std::min(begin, column);
    end = std::max(end, column + H);
  }
  const int64_t input = round_up(end - begin);
  row = round_up(std::max(row, begin + input));
  return {gates, begin, input, row, round_up(H), round_up(output_size(model))};
}

uint64_t lay_out(Workspace& w, char* base, const Model& model, const Batch& batch, Extent extent,
                 int threads) {
  const Widths width = widths(model);
  const UnitShape& shape = model.unit.shape;
  const int64_t H = model.H, O = output_size(model);
  const int64_t rows = extent == Extent::nll ? batch.sequences : batch.frames;
  Arena arena(base);
  w.W = arena.take<float>(model.I * width.input);
  w.b = arena.take<float>(width.gates_row);
  w.U = arena.take<float>(H * width.gates);
  w.V = arena.take<float>(shape.weights * width.units);
  w.output_W = arena.take<float>(H * width.outputs);
  w.output_b = arena.take<float>(width.outputs);
  w.gates = arena.take<float>(rows * width.gates_row);
  w.state[0] = arena.take<float>(batch.frames * width.units);
  for (int64_t k = 1; k < shape.states; k++) w.state[k] = arena.take<float>(rows * width.units);
  for (int64_t k = 0; k < shape.operands; k++) w.operand[k] = arena.take<float>(rows * width.units);
  w.zeros = arena.take<float>(batch.sequences * width.units);
  w.outputs = arena.take<float>(OUTPUT_FRAMES * width.outputs);
  w.frame_nll = arena.take<float>(batch.frames);
  w.sequence_of = arena.take<int32_t>(batch.frames);
  w.used_inputs = arena.take<bool>(model.I);
  w.output_column = arena.take<int32_t>(O);
  w.scratch_size = 4 * (model.K * model.D + 2 * LANES + round_up(model.K));
  w.scratch = arena.take<float>(threads * w.scratch_size);
  if (extent == Extent::nll) return arena.used();

  w.U_transposed = arena.take<float>(shape.gates * H * width.units);
  w.output_W_transposed = arena.take<float>(O * width.units);
  w.dh = arena.take<float>(batch.frames * width.units);
  const int64_t of_sequences = batch.sequences * width.units;
  for (int64_t k = 1; k < shape.states; k++) w.gradient[k] = arena.take<float>(of_sequences);
  for (int64_t k = 0; k < shape.operands; k++) w.product[k] = arena.take<float>(of_sequences);
  for (int64_t k = 0; k < shape.carries; k++) w.carry[k] = arena.take<float>(of_sequences);
  w.dW = arena.take<float>(model.I * width.input);
  w.db = arena.take<float>(width.gates_row);
  w.dU = arena.take<float>(H * width.gates);
  w.dV = arena.take<float>(shape.weights * width.units);
  w.output_dW = arena.take<float>(H * width.outputs);
  w.output_db = arena.take<float>(width.outputs);
  if (extent == Extent::gradient) return arena.used();

  w.noisy = arena.take<float>(parameter_count(model));
  w.flat_gradient = arena.take<float>(parameter_count(model));
  w.mean = arena.take<float>(batch.sequences);
  return arena.used();
}
