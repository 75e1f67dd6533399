// The traditional unit (paper, section 2):
//
//     h = tanh(xW + h₋U + b)
#pragma once

#include "step.h"

namespace PATH {

struct Tanh {
  static void forward(const Step& s) {
    if (!s.first) multiply(s, s.h_before, s.units_row, s.weights.U[0], s.gates, s.gates_row, true);
    for (long i = 0; i < s.rows; i++) {
      const float* a = s.gates + i * s.gates_row;
      float* h = s.h + i * s.units_row;
      for (long j = 0; j < s.H; j += LANES) store(h + j, tanh(load(a + j)));
    }
  }

  //     δ = dh⊙(1 − h²)     dh₋ += δUᵀ
  static void backward(const Step& s) {
    for (long i = 0; i < s.rows; i++) {
      float* delta = s.gates + i * s.gates_row;
      const float *h = s.h + i * s.units_row, *dh = s.dh + i * s.units_row;
      for (long j = 0; j < s.H; j += LANES) {
        const Vector h_j = load(h + j);
        store(delta + j, load(dh + j) * one_minus(h_j * h_j));
      }
    }
    if (!s.first)
      multiply(s, s.gates, s.gates_row, s.weights.U_transposed[0], s.dh_before, s.units_row, true);
  }
};

}  // namespace PATH
