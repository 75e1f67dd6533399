// What a unit's equations read and write at one step of some sequences.
#pragma once

#include "matrix.h"
#include "unit.h"
#include "value.h"

namespace PATH {

// Weights in the order that products want: those of each group of gates, and the weight vectors [H].
struct Weights {
  Panels U[MOST_PARTS];
  Panels U_transposed[MOST_PARTS];
  const float* V[MOST_PARTS];
  // Where the groups and the extra columns begin in a row of gates.
  int64_t columns[MOST_PARTS], extra_columns[MOST_PARTS];
};

// One row a sequence; `row` arguments count floats. The states before the first step are 0; the first state
// is h.
struct Step {
  int64_t rows, H;
  bool first;
  // Its number is odd.
  bool odd;
  // The batch is a single sequence: products with one row, whose weights stand together.
  bool single;
  const Weights& weights;
  // Forward: in xW + b, out the gates. Backward: in the gates, out the gradient before their nonlinearity.
  float* gates;
  int64_t gates_row;
  int64_t units_row;
  const float* before[MOST_PARTS];
  float* after[MOST_PARTS];
  // What products with U take that is no state.
  float* operand[MOST_PARTS];
  // Gradients with respect to h, to h before (added to), and to the other states (in for this step, out for
  // the step before).
  const float* dh;
  float *dh_before, *gradient[MOST_PARTS];
  // The gradient of each operand; gradients that a later stage completes.
  float *product[MOST_PARTS], *carry[MOST_PARTS];
};

// C[step.rows × 16·width] (+)= a·B.
inline void multiply(const Step& step, const float* a, int64_t a_row, const Panels& b, float* c,
                     int64_t c_row, bool add) {
  if (step.single)
    multiply_row(a, b, c, add, step.odd);
  else
    multiply(step.rows, {a, a_row, 1}, b, c, c_row, add);
}

inline void clear_rows(const Step& step, float* at) {
  for (int64_t i = 0; i < step.rows * step.units_row; i += LANES) store(at + i, zero());
}

}  // namespace PATH
