// NLL of independent Bernoulli entries with p = σ(a): Σ_d log(1 + e^a) − y·a, in nats (paper, section 4.1).
#pragma once

#include "functions.h"
#include "model.h"

namespace PATH {

// NLL of frame n from its logits a [D]. With GRADIENT, a becomes weight·(σ(a) − y).
template <bool GRADIENT>
float bernoulli_nll(float* a, const Rows& targets, long n, float weight) {
  const long D = targets.width;
  const float* y = targets.values ? targets.values + n * D : nullptr;
  const long begin = y ? 0 : targets.starts[n], end = y ? 0 : targets.starts[n + 1];
  float sounding = 0;
  for (long i = begin; i < end; i++) sounding += a[targets.columns[i]];

  Vector sums = zero();
  for (long d = 0; d < D; d += LANES) {
    const Mask inside = first_lanes(static_cast<int>(D - d));
    const Vector a_d = load(a + d);
    const Softplus softplus_d = softplus(a_d);
    Vector nll = softplus_d.value, slope = softplus_d.slope;
    if (y) {
      const Vector y_d = load_first(y + d, D - d);
      nll = nll - y_d * a_d;
      slope = slope - y_d;
    }
    sums = sums + select(inside, nll, zero());
    if (GRADIENT) store(a + d, slope * broadcast(weight));
  }
  if (GRADIENT)
    for (long i = begin; i < end; i++) a[targets.columns[i]] -= weight;
  return sum(sums) - sounding;
}

}  // namespace PATH
