// NLL of independent Bernoulli entries with p = σ(a): Σ_d log(1 + e^a) − y·a, in nats (paper, section 4.1).
#pragma once

#include "functions.h"
#include "model.h"

namespace PATH {

// Factors up to 2 that a float holds the product of.
constexpr long MOST_FACTORS = 64;

// NLL of frame n from its logits a [D]. With GRADIENT, a becomes weight·(σ(a) − y).
template <bool GRADIENT>
float bernoulli_nll(float* a, const Rows& targets, long n, float weight) {
  const long D = targets.width;
  const float* y = targets.values ? targets.values + n * D : nullptr;
  const long begin = y ? 0 : targets.starts[n], end = y ? 0 : targets.starts[n + 1];
  float sounding = 0;
  for (long i = begin; i < end; i++) sounding += a[targets.columns[i]];

  // Σ log(1 + e^a) = Σ max(a, 0) + log Π(1 + e^−|a|): one logarithm a lane. A factor is at most 2.
  Vector sums = zero(), product = broadcast(1.0f);
  for (long d = 0; d < D; d += LANES) {
    const Mask inside = first_lanes(static_cast<int>(D - d));
    const Vector a_d = load(a + d);
    const Logistic logistic_d = logistic(a_d);
    Vector positive = max(zero(), a_d), slope = logistic_d.slope;
    if (y) {
      const Vector y_d = load_first(y + d, D - d);
      positive = positive - y_d * a_d;
      slope = slope - y_d;
    }
    sums = sums + select(inside, positive, zero());
    product = product * select(inside, logistic_d.one_plus_e, broadcast(1.0f));
    if (d / LANES % MOST_FACTORS == MOST_FACTORS - 1) {
      sums = sums + log(product);
      product = broadcast(1.0f);
    }
    if (GRADIENT) store(a + d, slope * broadcast(weight));
  }
  sums = sums + log(product);
  if (GRADIENT)
    for (long i = begin; i < end; i++) a[targets.columns[i]] -= weight;
  return sum(sums) - sounding;
}

}  // namespace PATH
