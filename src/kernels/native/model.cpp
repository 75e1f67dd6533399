#include "model.h"

long output_size(const Model& model) {
  return model.output == Output::bernoulli ? model.D : model.K * (1 + 2 * model.D);
}

long parameter_count(const Model& model) { return offset_output_b(model) + output_size(model); }

bool has_product(const Model& model, long gate) {
  const UnitShape& shape = model.unit.shape;
  return shape.group[shape.gate[gate].group].operand != Operand::none;
}

long offset_W(const Model& model, long gate) {
  if (gate == 0) return 0;
  return offset_b(model, gate - 1) + (model.unit.shape.gate[gate - 1].bias ? model.H : 0);
}
long offset_U(const Model& model, long gate) {
  return offset_W(model, gate) + (model.unit.shape.gate[gate].input ? model.I * model.H : 0);
}
long offset_b(const Model& model, long gate) {
  return offset_U(model, gate) + (has_product(model, gate) ? model.H * model.H : 0);
}
long offset_V(const Model& model, long weight) {
  return offset_W(model, model.unit.shape.gates) + weight * model.H;
}
long offset_output_W(const Model& model) { return offset_V(model, model.unit.shape.weights); }
long offset_output_b(const Model& model) { return offset_output_W(model) + model.H * output_size(model); }
