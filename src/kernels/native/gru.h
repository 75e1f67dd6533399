// The gated recurrent unit (paper, section 3.2), which resets the hidden state before the product with U:
//
//     z = σ(xW_z + h₋U_z + b_z)      r = σ(xW_r + h₋U_r + b_r)
//     h̃ = tanh(xW + (r⊙h₋)U + b)     h = (1−z)⊙h₋ + z⊙h̃
//
// A row of gates holds z and r next to each other, then h̃.
#pragma once

#include "step.h"

namespace PATH {

struct Gru {
  static void forward(const Step& s) {
    const long candidate = round_up(2 * s.H);
    if (!s.first) multiply(s, s.h_before, s.units_row, s.weights.U[0], s.gates, s.gates_row, true);
    for (long i = 0; i < s.rows; i++) {
      float *z = s.gates + i * s.gates_row, *r = z + s.H;
      for (long j = 0; j < 2 * s.H; j += LANES) store(z + j, sigmoid(load(z + j)));
      for (long j = 0; j < s.H; j += LANES)
        store(s.reset_h + i * s.units_row + j, load(r + j) * load(s.h_before + i * s.units_row + j));
    }
    if (!s.first) multiply(s, s.reset_h, s.units_row, s.weights.U[1], s.gates + candidate, s.gates_row, true);
    for (long i = 0; i < s.rows; i++) {
      float *z = s.gates + i * s.gates_row, *h_candidate = z + candidate;
      for (long j = 0; j < s.H; j += LANES) {
        const Vector before = load(s.h_before + i * s.units_row + j);
        const Vector candidate_j = tanh(load(h_candidate + j));
        store(h_candidate + j, candidate_j);
        // (1−z)⊙h₋ + z⊙h̃
        store(s.h + i * s.units_row + j, fma(load(z + j), candidate_j - before, before));
      }
    }
  }

  //     δ_z = dh⊙(h̃−h₋)⊙z(1−z)     δ = dh⊙z⊙(1−h̃²)     δ_r = δUᵀ⊙h₋⊙r(1−r)
  //     dh₋ += dh⊙(1−z) + δUᵀ⊙r + δ_zU_zᵀ + δ_rU_rᵀ
  static void backward(const Step& s) {
    const long candidate = round_up(2 * s.H);
    for (long i = 0; i < s.rows; i++) {
      float *z = s.gates + i * s.gates_row, *h_candidate = z + candidate;
      for (long j = 0; j < s.H; j += LANES) {
        const Vector z_j = load(z + j), candidate_j = load(h_candidate + j);
        const Vector dh = load(s.dh + i * s.units_row + j);
        const Vector before = load(s.h_before + i * s.units_row + j);
        store(h_candidate + j, dh * z_j * one_minus(candidate_j * candidate_j));
        store_first(z + j, dh * (candidate_j - before) * (z_j * one_minus(z_j)), s.H - j);
        if (!s.first) {
          float* dh_before = s.dh_before + i * s.units_row + j;
          store(dh_before, fma(dh, one_minus(z_j), load(dh_before)));
        }
      }
    }
    if (s.first) return clear_reset(s);
    multiply(s, s.gates + candidate, s.gates_row, s.weights.U_transposed[1], s.product, s.units_row, false);
    for (long i = 0; i < s.rows; i++) {
      float* r = s.gates + i * s.gates_row + s.H;
      for (long j = 0; j < s.H; j += LANES) {
        const Vector r_j = load(r + j), d_reset = load(s.product + i * s.units_row + j);
        const Vector before = load(s.h_before + i * s.units_row + j);
        float* dh_before = s.dh_before + i * s.units_row + j;
        store_first(r + j, d_reset * before * (r_j * one_minus(r_j)), s.H - j);
        store(dh_before, fma(d_reset, r_j, load(dh_before)));
      }
    }
    multiply(s, s.gates, s.gates_row, s.weights.U_transposed[0], s.dh_before, s.units_row, true);
  }

 private:
  // At the first step h₋ = 0, and so is δ_r.
  static void clear_reset(const Step& s) {
    for (long i = 0; i < s.rows; i++)
      for (long j = 0; j < s.H; j += LANES) store_first(s.gates + i * s.gates_row + s.H + j, zero(), s.H - j);
  }
};

}  // namespace PATH
