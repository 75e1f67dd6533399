// The LSTM unit in Graves' form (paper, section 3.1), with diagonal peepholes V; the output gate looks at the
// new cell c, the other two at the old one:
//
//     i = σ(xW_i + h₋U_i + V_i⊙c₋ + b_i)    f = σ(xW_f + h₋U_f + V_f⊙c₋ + b_f)
//     c̃ = tanh(xW_c + h₋U_c + b_c)          c = f⊙c₋ + i⊙c̃
//     o = σ(xW_o + h₋U_o + V_o⊙c + b_o)     h = o⊙tanh(c)
//
// A row of gates holds i, f, o and c̃ next to each other.
#pragma once

#include "step.h"

namespace PATH {

struct Lstm {
  static void forward(const Step& s) {
    const float *V_i = s.weights.V[0], *V_f = s.weights.V[1], *V_o = s.weights.V[2];
    if (!s.first) multiply(s, s.h_before, s.units_row, s.weights.U[0], s.gates, s.gates_row, true);
    for (long row = 0; row < s.rows; row++) {
      float *i = s.gates + row * s.gates_row, *f = i + s.H, *o = f + s.H, *candidate = o + s.H;
      for (long j = 0; j < s.H; j += LANES) {
        const Vector before = load(s.c_before + row * s.units_row + j);
        const Vector i_j = sigmoid(fma(load(V_i + j), before, load(i + j)));
        const Vector f_j = sigmoid(fma(load(V_f + j), before, load(f + j)));
        const Vector candidate_j = tanh(load(candidate + j));
        const Vector c = fma(f_j, before, i_j * candidate_j);
        const Vector o_j = sigmoid(fma(load(V_o + j), c, load(o + j)));
        store_first(i + j, i_j, s.H - j);
        store_first(f + j, f_j, s.H - j);
        store_first(o + j, o_j, s.H - j);
        store_first(candidate + j, candidate_j, s.H - j);
        store(s.c + row * s.units_row + j, c);
        store(s.h + row * s.units_row + j, o_j * tanh(c));
      }
    }
  }

  //     δ_o = dh⊙tanh(c)⊙o(1−o)        dc += dh⊙o⊙(1−tanh²(c)) + δ_o⊙V_o
  //     δ_c = dc⊙i⊙(1−c̃²)              δ_i = dc⊙c̃⊙i(1−i)        δ_f = dc⊙c₋⊙f(1−f)
  //     dc₋ = dc⊙f + δ_i⊙V_i + δ_f⊙V_f  dh₋ += δ_iU_iᵀ + δ_fU_fᵀ + δ_oU_oᵀ + δ_cU_cᵀ
  static void backward(const Step& s) {
    const float *V_i = s.weights.V[0], *V_f = s.weights.V[1], *V_o = s.weights.V[2];
    for (long row = 0; row < s.rows; row++) {
      float *i = s.gates + row * s.gates_row, *f = i + s.H, *o = f + s.H, *candidate = o + s.H;
      for (long j = 0; j < s.H; j += LANES) {
        const Vector i_j = load(i + j), f_j = load(f + j), o_j = load(o + j),
                     candidate_j = load(candidate + j);
        const Vector before = load(s.c_before + row * s.units_row + j);
        const Vector tanh_c = tanh(load(s.c + row * s.units_row + j));
        const Vector dh = load(s.dh + row * s.units_row + j);
        const Vector delta_o = dh * tanh_c * (o_j * one_minus(o_j));
        Vector dc = load(s.dc + row * s.units_row + j);
        dc = fma(dh * o_j, one_minus(tanh_c * tanh_c), fma(delta_o, load(V_o + j), dc));
        const Vector delta_i = dc * candidate_j * (i_j * one_minus(i_j));
        const Vector delta_f = dc * before * (f_j * one_minus(f_j));
        store_first(i + j, delta_i, s.H - j);
        store_first(f + j, delta_f, s.H - j);
        store_first(o + j, delta_o, s.H - j);
        store_first(candidate + j, dc * i_j * one_minus(candidate_j * candidate_j), s.H - j);
        store(s.dc + row * s.units_row + j,
              fma(dc, f_j, fma(delta_i, load(V_i + j), delta_f * load(V_f + j))));
      }
    }
    if (!s.first)
      multiply(s, s.gates, s.gates_row, s.weights.U_transposed[0], s.dh_before, s.units_row, true);
  }
};

}  // namespace PATH
