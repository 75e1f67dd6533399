// Sums of products that fade into denormal numbers.
//
// Where the processor takes those as zero (denormals.h), a sum takes each step below the smallest normal
// number as zero. WebAssembly would carry it on, and the last digit of the sum could be another. To look at
// each step takes three times as long: so it is done only where a product may be that small, and only until
// the sums are so large that it does not matter.
#pragma once

#include "value.h"

namespace PATH {

#if defined(PATH_KEEPS_DENORMALS)
constexpr bool KEEPS_DENORMALS = true;
#else
constexpr bool KEEPS_DENORMALS = false;
#endif

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

// Whether any of the first n sums is still so small that another step may be denormal: to fall back from
// there, it would have to lose more digits than it has.
inline bool are_near_denormal(Vector sums, int64_t n) {
  const Mask counted = first_lanes(static_cast<int>(n < LANES ? n : LANES));
  return any(less(abs(select(counted, sums, broadcast(1.0f))), broadcast(0x1p-50f)));
}

// Steps between two looks at the sums.
constexpr int64_t FADING_STEPS = 8;

// Σ_k a[k·a_step]·b[k·b_step …], sixteen sums of which n count.
inline Vector fading_sum(const float* a, int64_t a_step, const float* b, int64_t b_step, int64_t depth,
                         int64_t n) {
  Value small = constant(0.0f);
  int64_t k = 0;
  while (k < depth && are_near_denormal(vector(small), n))
    for (const int64_t next = k + FADING_STEPS; k < next && k < depth; k++)
      small = fma(constant(a[k * a_step]), value(load(b + k * b_step)), small);
  Vector sum = vector(small);
  for (; k < depth; k++) sum = fma(broadcast(a[k * a_step]), load(b + k * b_step), sum);
  return sum;
}

}  // namespace PATH
