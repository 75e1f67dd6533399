#include "model.h"

namespace {

constexpr long PEEPHOLES = 3;

long gate_size(const Model& model) { return model.I * model.H + model.H * model.H + model.H; }

}  // namespace

long gate_count(Cell cell) { return cell == Cell::tanh ? 1 : cell == Cell::gru ? 3 : 4; }

long output_size(const Model& model) {
  return model.output == Output::bernoulli ? model.D : model.K * (1 + 2 * model.D);
}

long parameter_count(const Model& model) { return offset_output_b(model) + output_size(model); }

long offset_W(const Model& model, long gate) { return gate * gate_size(model); }
long offset_U(const Model& model, long gate) { return offset_W(model, gate) + model.I * model.H; }
long offset_b(const Model& model, long gate) { return offset_U(model, gate) + model.H * model.H; }
long offset_V(const Model& model, long peephole) {
  return gate_count(model.cell) * gate_size(model) + peephole * model.H;
}
long offset_output_W(const Model& model) { return offset_V(model, model.cell == Cell::lstm ? PEEPHOLES : 0); }
long offset_output_b(const Model& model) { return offset_output_W(model) + model.H * output_size(model); }
