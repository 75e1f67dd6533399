// NLL of a mixture of K diagonal Gaussians, −log Σ_k π_k Π_d N(y_d; μ_kd, σ_kd²), in nats (paper, section 4.1),
// with π = softmax(l) and σ = softplus(a) + 1e-4.
//
// In a row of outputs the K logits l come first, then the means and the a, each with the Gaussians of a target
// entry next to each other: μ_kd at K + d·K + k. So a sum over d is a sum of vectors.
#pragma once

#include <cmath>

#include "functions.h"
#include "model.h"

namespace PATH {

constexpr float DEVIATION_FLOOR = 1e-4f;
constexpr float LOG_TWO_PI = 1.8378770664f;

// Column in such a row of output o of the parameter file, where the entries of a Gaussian stand together.
inline long mixture_column(const Model& model, long o) {
  const long K = model.K, D = model.D;
  if (o < K) return o;
  const long part = (o - K) / (K * D), within = (o - K) % (K * D);
  return K + part * K * D + within % D * K + within / D;
}

// log Σ_k e^x_k of the first K entries.
inline float log_sum_exp(const float* x, long K) {
  Vector most = broadcast(x[0]);
  for (long k = 0; k < K; k += LANES)
    most = max(most, select(first_lanes(static_cast<int>(K - k)), load(x + k), most));
  const float shift = largest(most);
  Vector sums = zero();
  for (long k = 0; k < K; k += LANES)
    sums = sums + select(first_lanes(static_cast<int>(K - k)), exp(load(x + k) - broadcast(shift)), zero());
  return shift + std::log(sum(sums));
}

// Writes v[k] for each of D target entries, one after another, K floats each; each store may write up to a
// vector too far, which the next one mends.
inline void repeat(const float* v, long K, long D, float* out) {
  for (long d = 0; d < D; d++)
    for (long k = 0; k < K; k += LANES) store(out + d * K + k, load(v + k));
}

// NLL of frame n from its outputs. With GRADIENT, they become the gradient times `weight`.
template <bool GRADIENT>
float mixture_nll(const Model& model, float* outputs, const float* y, float weight, float* scratch) {
  const long K = model.K, D = model.D, pairs = K * D;
  const long room = pairs + 2 * LANES;
  float *means = outputs + K, *deviations = means + pairs;
  // Per pair of d and k: y_d; log σ + ½((y−μ)/σ)², later γ_k. Per k: the logarithm of π_k and the density.
  float *target = scratch, *terms = target + room, *joint = terms + room;

  for (long d = 0; d < D; d++)
    for (long k = 0; k < K; k += LANES) store(target + d * K + k, broadcast(y[d]));
  for (long i = 0; i < pairs; i += LANES) {
    const Softplus deviation = softplus(load(deviations + i));
    const Vector sigma = deviation.value + broadcast(DEVIATION_FLOOR);
    const Vector inverse = broadcast(1.0f) / sigma;
    const Vector standardised = (load(target + i) - load(means + i)) * inverse;
    const Vector square = standardised * standardised;
    store(terms + i, fma(square, broadcast(0.5f), log(sigma)));
    if (!GRADIENT) continue;
    // Up to the factor γ_k·weight: d/dμ = −(y−μ)/σ² and d/da = (1 − ((y−μ)/σ)²)/σ·softplus′(a).
    store_first(means + i, zero() - standardised * inverse, pairs - i);
    store_first(deviations + i, (broadcast(1.0f) - square) * inverse * deviation.slope, pairs - i);
  }
  for (long k = 0; k < K; k += LANES) {
    Vector density = broadcast(-0.5f * LOG_TWO_PI * static_cast<float>(D));
    for (long d = 0; d < D; d++) density = density - load(terms + d * K + k);
    store(joint + k, density + load(outputs + k));
  }
  const float log_weights = log_sum_exp(outputs, K), log_joint = log_sum_exp(joint, K);
  if (!GRADIENT) return log_weights - log_joint;

  for (long k = 0; k < K; k += LANES) {
    const Vector pi = exp(load(outputs + k) - broadcast(log_weights));
    const Vector gamma = exp(load(joint + k) - broadcast(log_joint));
    store(joint + k, gamma * broadcast(weight));
    store_first(outputs + k, (pi - gamma) * broadcast(weight), K - k);
  }
  repeat(joint, K, D, terms);
  for (long i = 0; i < pairs; i += LANES) {
    const Vector gamma = load(terms + i);
    store_first(means + i, load(means + i) * gamma, pairs - i);
    store_first(deviations + i, load(deviations + i) * gamma, pairs - i);
  }
  return log_weights - log_joint;
}

}  // namespace PATH
