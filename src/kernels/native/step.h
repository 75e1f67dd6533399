// What a unit's equations read and write at one step of some sequences.
#pragma once

#include "functions.h"
#include "matrix.h"

namespace PATH {

// Weights in the order that products want. A unit has one or two recurrent products: GRU's second takes r⊙h₋.
struct Weights {
  Panels U[2];
  Panels U_transposed[2];
  // Peepholes of an LSTM, [H] each.
  const float* V[3];
};

// One row a sequence; `row` arguments count floats. The state before the first step is 0.
struct Step {
  long rows, H;
  bool first;
  // Its number is odd.
  bool odd;
  // The batch is a single sequence: products with one row, whose weights stand together.
  bool single;
  const Weights& weights;
  // Forward: in xW + b, out the gates. Backward: in the gates, out the gradient before their nonlinearity.
  float* gates;
  long gates_row;
  const float *h_before, *c_before;
  float *h, *c, *reset_h;
  // Gradients with respect to h, to h before (added to), and to c (in for this step, out for the step
  // before).
  const float* dh;
  float *dh_before, *dc;
  // Room for a product, [rows × units].
  float* product;
  long units_row;
};

// C[step.rows × 16·width] (+)= a·B.
inline void multiply(const Step& step, const float* a, long a_row, const Panels& b, float* c, long c_row,
                     bool add) {
  if (step.single)
    multiply_row(a, b, c, add, step.odd);
  else
    multiply(step.rows, {a, a_row, 1}, b, c, c_row, add);
}

inline Vector one_minus(Vector x) { return broadcast(1.0f) - x; }

}  // namespace PATH
