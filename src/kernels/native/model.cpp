#include "model.h"

int64_t output_size(const Model& model) {
  return model.output == Output::bernoulli ? model.D : model.K * (1 + 2 * model.D);
}

int64_t parameter_count(const Model& model) { return offset_output_b(model) + output_size(model); }

bool has_product(const Model& model, int64_t gate) {
  const UnitShape& shape = model.unit.shape;
  return shape.group[shape.gate[gate].group].operand != Operand::none;
}

int64_t offset_W(const Model& model, int64_t gate) {
  const GateShape* shape = model.unit.shape.gate;
  int64_t offset = 0;
  for (int64_t before = 0; before < gate; before++)
    offset += (shape[before].input ? model.I * model.H : 0) +
              (has_product(model, before) ? model.H * model.H : 0) + (shape[before].bias ? model.H : 0);
  return offset;
}
int64_t offset_U(const Model& model, int64_t gate) {
  return offset_W(model, gate) + (model.unit.shape.gate[gate].input ? model.I * model.H : 0);
}
int64_t offset_b(const Model& model, int64_t gate) {
  return offset_U(model, gate) + (has_product(model, gate) ? model.H * model.H : 0);
}
int64_t offset_V(const Model& model, int64_t weight) {
  return offset_W(model, model.unit.shape.gates) + weight * model.H;
}
int64_t offset_output_W(const Model& model) { return offset_V(model, model.unit.shape.weights); }
int64_t offset_output_b(const Model& model) { return offset_output_W(model) + model.H * output_size(model); }
