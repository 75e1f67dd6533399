// Sixteen floats in two AVX registers, with FMA.
#pragma once

#include <immintrin.h>

#include <cstdint>

namespace PATH {

struct Vector { __m256 a, b; };
struct Integers { __m256i a, b; };
struct Mask { __m256 a, b; };

// Blocks of a matrix product that fit into 16 registers: rows × vectors, and vectors of a single row.
constexpr int BLOCK_ROWS = 6;
constexpr int BLOCK_VECTORS = 1;
constexpr int ROW_VECTORS = 6;

inline Vector load(const float* p) { return {_mm256_loadu_ps(p), _mm256_loadu_ps(p + 8)}; }
inline void store(float* p, Vector x) {
  _mm256_storeu_ps(p, x.a);
  _mm256_storeu_ps(p + 8, x.b);
}
inline Vector broadcast(float x) { return {_mm256_set1_ps(x), _mm256_set1_ps(x)}; }
inline Mask first_lanes(int n) {
  const __m256i limit = _mm256_set1_epi32(n);
  const __m256i low = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
  const __m256i high = _mm256_setr_epi32(8, 9, 10, 11, 12, 13, 14, 15);
  return {_mm256_castsi256_ps(_mm256_cmpgt_epi32(limit, low)),
          _mm256_castsi256_ps(_mm256_cmpgt_epi32(limit, high))};
}
// Stores the first n lanes and touches nothing behind them.
inline void store_first(float* p, Vector x, long n) {
  if (n >= 16) return store(p, x);
  const Mask m = first_lanes(static_cast<int>(n));
  _mm256_maskstore_ps(p, _mm256_castps_si256(m.a), x.a);
  _mm256_maskstore_ps(p + 8, _mm256_castps_si256(m.b), x.b);
}

inline Vector operator+(Vector x, Vector y) { return {_mm256_add_ps(x.a, y.a), _mm256_add_ps(x.b, y.b)}; }
inline Vector operator-(Vector x, Vector y) { return {_mm256_sub_ps(x.a, y.a), _mm256_sub_ps(x.b, y.b)}; }
inline Vector operator*(Vector x, Vector y) { return {_mm256_mul_ps(x.a, y.a), _mm256_mul_ps(x.b, y.b)}; }
inline Vector operator/(Vector x, Vector y) { return {_mm256_div_ps(x.a, y.a), _mm256_div_ps(x.b, y.b)}; }
inline Vector fma(Vector x, Vector y, Vector z) {
  return {_mm256_fmadd_ps(x.a, y.a, z.a), _mm256_fmadd_ps(x.b, y.b, z.b)};
}
inline Vector max(Vector x, Vector y) { return {_mm256_max_ps(x.a, y.a), _mm256_max_ps(x.b, y.b)}; }
inline Vector min(Vector x, Vector y) { return {_mm256_min_ps(x.a, y.a), _mm256_min_ps(x.b, y.b)}; }
inline Vector sqrt(Vector x) { return {_mm256_sqrt_ps(x.a), _mm256_sqrt_ps(x.b)}; }

inline Mask less(Vector x, Vector y) {
  return {_mm256_cmp_ps(x.a, y.a, _CMP_LT_OQ), _mm256_cmp_ps(x.b, y.b, _CMP_LT_OQ)};
}
inline bool any(Mask m) { return (_mm256_movemask_ps(m.a) | _mm256_movemask_ps(m.b)) != 0; }
inline Vector select(Mask m, Vector yes, Vector no) {
  return {_mm256_blendv_ps(no.a, yes.a, m.a), _mm256_blendv_ps(no.b, yes.b, m.b)};
}

inline Integers integers(uint32_t x) {
  return {_mm256_set1_epi32(static_cast<int>(x)), _mm256_set1_epi32(static_cast<int>(x))};
}
inline Integers load(const uint32_t* p) {
  return {_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)),
          _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p + 8))};
}
inline Integers operator+(Integers x, Integers y) {
  return {_mm256_add_epi32(x.a, y.a), _mm256_add_epi32(x.b, y.b)};
}
inline Integers operator-(Integers x, Integers y) {
  return {_mm256_sub_epi32(x.a, y.a), _mm256_sub_epi32(x.b, y.b)};
}
inline Integers operator&(Integers x, Integers y) {
  return {_mm256_and_si256(x.a, y.a), _mm256_and_si256(x.b, y.b)};
}
inline Integers operator|(Integers x, Integers y) {
  return {_mm256_or_si256(x.a, y.a), _mm256_or_si256(x.b, y.b)};
}
inline Integers operator^(Integers x, Integers y) {
  return {_mm256_xor_si256(x.a, y.a), _mm256_xor_si256(x.b, y.b)};
}
template <int n> inline Integers shift_left(Integers x) {
  return {_mm256_slli_epi32(x.a, n), _mm256_slli_epi32(x.b, n)};
}
template <int n> inline Integers shift_right(Integers x) {
  return {_mm256_srli_epi32(x.a, n), _mm256_srli_epi32(x.b, n)};
}
inline Mask nonzero(Integers x) {
  const __m256i zero = _mm256_setzero_si256(), ones = _mm256_set1_epi32(-1);
  return {_mm256_castsi256_ps(_mm256_xor_si256(_mm256_cmpeq_epi32(x.a, zero), ones)),
          _mm256_castsi256_ps(_mm256_xor_si256(_mm256_cmpeq_epi32(x.b, zero), ones))};
}

inline Integers bits(Vector x) { return {_mm256_castps_si256(x.a), _mm256_castps_si256(x.b)}; }
inline Vector from_bits(Integers x) { return {_mm256_castsi256_ps(x.a), _mm256_castsi256_ps(x.b)}; }
inline Vector to_float(Integers x) { return {_mm256_cvtepi32_ps(x.a), _mm256_cvtepi32_ps(x.b)}; }

inline void multiply_half(__m256i a, __m256i m, __m256i& high, __m256i& low) {
  const __m256i even = _mm256_mul_epu32(a, m);
  const __m256i odd = _mm256_mul_epu32(_mm256_srli_epi64(a, 32), m);
  high = _mm256_blend_epi32(_mm256_srli_epi64(even, 32), odd, 0xaa);
  low = _mm256_blend_epi32(even, _mm256_slli_epi64(odd, 32), 0xaa);
}

// The high and low halves of the 64-bit products of unsigned 32-bit integers.
inline void multiply(Integers x, uint32_t y, Integers& high, Integers& low) {
  const __m256i m = _mm256_set1_epi32(static_cast<int>(y));
  multiply_half(x.a, m, high.a, low.a);
  multiply_half(x.b, m, high.b, low.b);
}

// Lane j and lane j + 8 first, then halves of what is left: the same order on every path.
inline float sum(Vector x) {
  const __m256 half = _mm256_add_ps(x.a, x.b);
  __m128 quarter = _mm_add_ps(_mm256_castps256_ps128(half), _mm256_extractf128_ps(half, 1));
  quarter = _mm_add_ps(quarter, _mm_movehl_ps(quarter, quarter));
  return _mm_cvtss_f32(_mm_add_ss(quarter, _mm_shuffle_ps(quarter, quarter, 1)));
}

inline float largest(Vector x) {
  const __m256 half = _mm256_max_ps(x.a, x.b);
  __m128 quarter = _mm_max_ps(_mm256_castps256_ps128(half), _mm256_extractf128_ps(half, 1));
  quarter = _mm_max_ps(quarter, _mm_movehl_ps(quarter, quarter));
  return _mm_cvtss_f32(_mm_max_ss(quarter, _mm_shuffle_ps(quarter, quarter, 1)));
}

}  // namespace PATH
