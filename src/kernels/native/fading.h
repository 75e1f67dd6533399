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

// Whether a sum of numbers not below 2ᵃ may: they are multiples of 2ᵃ⁻²³.
inline bool may_fade(int a) { return KEEPS_DENORMALS && a - 23 < -126; }

// Whether any of the first n sums is so small that a step from there may be denormal. From above, one that
// ends above is not: it would have to lose more digits than a float has.
inline bool are_near_denormal(Vector sums, int64_t n) {
  if (n < LANES) sums = select(first_lanes(static_cast<int>(n)), sums, broadcast(1.0f));
  return any(less(abs(sums), broadcast(0x1p-50f)));
}

// Rows of a left factor, and a right factor's vectors, some floats apart.
struct Factors {
  const float* a;
  int64_t a_row, a_step;
  const float* b;
  int64_t b_step;
};

// sums[i] + Σ_k a[i, k]·b[k] for first ≤ k < last.
template <int R> inline void add_steps(const Factors& of, int64_t first, int64_t last, Vector (&sums)[R]) {
  const float *a = of.a + first * of.a_step, *b = of.b + first * of.b_step;
  for (int64_t k = first; k < last; k++, a += of.a_step, b += of.b_step) {
    const Vector right = load(b);
#pragma GCC unroll 16
    for (int i = 0; i < R; i++) sums[i] = fma(broadcast(a[i * of.a_row]), right, sums[i]);
  }
}

// The same, with denormal numbers as zero at each step.
template <int R>
inline void add_steps_carefully(const Factors& of, int64_t first, int64_t last, Vector (&sums)[R]) {
  for (int64_t k = first; k < last; k++) {
    const Value right = value(load(of.b + k * of.b_step));
    for (int i = 0; i < R; i++) {
      const Value left = constant(of.a[i * of.a_row + k * of.a_step]);
      sums[i] = vector(fma(left, right, value(sums[i])));
    }
  }
}

// Of R rows of sums.
template <int R> inline bool are_near_denormal(const Vector (&sums)[R], int64_t n) {
  bool near = false;
#pragma GCC unroll 16
  for (int i = 0; i < R; i++) near |= are_near_denormal(sums[i], n);
  return near;
}

// Σ_k a[i, k]·b[k] up to `depth` for R rows, sixteen sums each of which n count. Most sums leave the
// neighbourhood of denormal numbers within a few steps, and then are looked at but now and again.
template <int R> inline void fading_sums(const Factors& of, int64_t depth, int64_t n, Vector (&sums)[R]) {
  constexpr int64_t FEW = 8, MANY = 32;
#pragma GCC unroll 16
  for (int i = 0; i < R; i++) sums[i] = zero();
  int64_t k = 0;
  while (k < depth) {
    const int64_t few = depth - k < FEW ? depth : k + FEW;
    add_steps_carefully(of, k, few, sums);
    k = few;
    bool near = are_near_denormal(sums, n);
    while (!near && k < depth) {
      const int64_t many = depth - k < MANY ? depth : k + MANY;
      Vector after[R];
#pragma GCC unroll 16
      for (int i = 0; i < R; i++) after[i] = sums[i];
      add_steps(of, k, many, after);
      near = are_near_denormal(after, n);
      if (near) break;
#pragma GCC unroll 16
      for (int i = 0; i < R; i++) sums[i] = after[i];
      k = many;
    }
  }
}

}  // namespace PATH
