// Sums of products that fade into denormal numbers.
//
// Where the processor takes those as zero (denormals.h), a sum takes each step below the smallest normal
// number as zero. WebAssembly would carry it on, and the last digit of the sum could be another. To look at
// each step takes three times as long: so it is done only where a product may be that small, and only while
// the sums are so small that it matters.
#pragma once

#include "value.h"

namespace PATH {

// The greatest e for which none of some rows' n numbers is below 2ᵉ, but for those that are 0.
inline int least_exponent(const float* at, int64_t rows, int64_t row, int64_t n) {
  int exponent = 128;
  if constexpr (KEEPS_DENORMALS)
    for (int64_t i = 0; i < rows; i++) {
      const int own = least_exponent(at + i * row, n);
      exponent = own < exponent ? own : exponent;
    }
  return exponent;
}

// Whether a sum of products of numbers not below 2ᵃ and 2ᵇ may come by a denormal number. They are multiples
// of 2ᵃ⁻²³ and 2ᵇ⁻²³: if 2ᵃ⁺ᵇ⁻⁴⁶ is normal, so are all of their sums but 0.
inline bool may_fade(int a, int b) { return KEEPS_DENORMALS && a + b - 46 < -126; }

// Whether any of the first n sums is so small that a step from there may be denormal. From above, one that
// ends above is not: it would have to lose more digits than a float has.
inline bool are_near_denormal(Vector sums, int64_t n) {
  const Mask counted = first_lanes(static_cast<int>(n < LANES ? n : LANES));
  return any(less(abs(select(counted, sums, broadcast(1.0f))), broadcast(0x1p-50f)));
}

// A left factor's numbers and a right factor's vectors, some floats apart.
struct Factors {
  const float* a;
  int64_t a_step;
  const float* b;
  int64_t b_step;
};

// sum + Σ_k a[k]·b[k] for first ≤ k < last; CAREFUL, with denormal numbers as zero at each step.
template <bool CAREFUL> inline Vector add_steps(const Factors& of, int64_t first, int64_t last, Vector sum) {
  for (int64_t k = first; k < last; k++) {
    const Vector left = broadcast(of.a[k * of.a_step]), right = load(of.b + k * of.b_step);
    sum = CAREFUL ? vector(fma(value(left), value(right), value(sum))) : fma(left, right, sum);
  }
  return sum;
}

// Σ_k a[k]·b[k] up to `depth`, sixteen sums of which n count.
inline Vector fading_sum(const Factors& of, int64_t depth, int64_t n) {
  constexpr int64_t STEPS = 8;
  Vector sum = zero();
  bool near = true;
  for (int64_t k = 0; k < depth; k += STEPS) {
    const int64_t next = depth - k < STEPS ? depth : k + STEPS;
    Vector after = near ? add_steps<true>(of, k, next, sum) : add_steps<false>(of, k, next, sum);
    const bool near_after = are_near_denormal(after, n);
    if (near_after && !near) after = add_steps<true>(of, k, next, sum);
    sum = after;
    near = near_after;
  }
  return sum;
}

}  // namespace PATH
