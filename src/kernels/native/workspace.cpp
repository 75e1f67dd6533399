#include "workspace.h"

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

Widths widths(const Model& model) {
  const long H = model.H;
  const long gates =
      model.cell == Cell::gru ? round_up(2 * H) + round_up(H) : round_up(gate_count(model.cell) * H);
  const long last = gate_column(model, gate_count(model.cell) - 1);
  return {gates, round_up(last + round_up(H)), round_up(H), round_up(output_size(model))};
}

long gate_column(const Model& model, long gate) {
  return model.cell == Cell::gru && gate == 2 ? round_up(2 * model.H) : gate * model.H;
}

size_t lay_out(Workspace& w, char* base, const Model& model, const Batch& batch, bool gradient, int threads) {
  const Widths width = widths(model);
  const long H = model.H, O = output_size(model);
  const long rows = gradient ? batch.frames : batch.sequences;
  Arena arena(base);
  w.W = arena.take<float>(model.I * width.gates);
  w.b = arena.take<float>(width.gates);
  w.U = arena.take<float>(H * width.gates);
  w.V = arena.take<float>(model.cell == Cell::lstm ? 3 * width.units : 0);
  w.output_W = arena.take<float>(H * width.outputs);
  w.output_b = arena.take<float>(width.outputs);
  w.gates = arena.take<float>(rows * width.gates_row);
  w.h = arena.take<float>(batch.frames * width.units);
  w.c = arena.take<float>(model.cell == Cell::lstm ? rows * width.units : 0);
  w.reset_h = arena.take<float>(model.cell == Cell::gru ? rows * width.units : 0);
  w.zeros = arena.take<float>(batch.sequences * width.units);
  w.outputs = arena.take<float>(OUTPUT_FRAMES * width.outputs);
  w.frame_nll = arena.take<float>(batch.frames);
  w.sequence_of = arena.take<int32_t>(batch.frames);
  w.used_inputs = arena.take<bool>(model.I);
  w.output_column = arena.take<int32_t>(O);
  w.scratch_size = 4 * (model.K * model.D + 2 * LANES + round_up(model.K));
  w.scratch = arena.take<float>(threads * w.scratch_size);
  if (!gradient) return arena.used();

  w.U_transposed = arena.take<float>(4 * H * width.units);
  w.output_W_transposed = arena.take<float>(O * width.units);
  w.dh = arena.take<float>(batch.frames * width.units);
  w.dc = arena.take<float>(batch.sequences * width.units);
  w.product = arena.take<float>(batch.sequences * width.units);
  w.dW = arena.take<float>(model.I * width.gates);
  w.db = arena.take<float>(width.gates);
  w.dU = arena.take<float>(H * width.gates);
  w.dV = arena.take<float>(model.cell == Cell::lstm ? 3 * width.units : 0);
  w.output_dW = arena.take<float>(H * width.outputs);
  w.output_db = arena.take<float>(width.outputs);
  return arena.used();
}
