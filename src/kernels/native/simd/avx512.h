// Sixteen floats in one AVX-512 register.
#pragma once

#include <immintrin.h>

#include <cstdint>

namespace PATH {

struct Vector { __m512 v; };
struct Integers { __m512i v; };
struct Mask { __mmask16 v; };

// Blocks of a matrix product that fit into 32 registers: rows × vectors, and vectors of a single row.
constexpr int BLOCK_ROWS = 8;
constexpr int BLOCK_VECTORS = 3;
constexpr int ROW_VECTORS = 10;

inline Vector load(const float* p) { return {_mm512_loadu_ps(p)}; }
inline void store(float* p, Vector a) { _mm512_storeu_ps(p, a.v); }
// Stores the first n lanes and touches nothing behind them.
inline void store_first(float* p, Vector a, long n) {
  _mm512_mask_storeu_ps(p, static_cast<__mmask16>(n >= 16 ? 0xffff : (1u << n) - 1), a.v);
}
inline Vector broadcast(float x) { return {_mm512_set1_ps(x)}; }
inline Mask first_lanes(int n) { return {static_cast<__mmask16>(n >= 16 ? 0xffff : (1u << n) - 1)}; }

inline Vector operator+(Vector a, Vector b) { return {_mm512_add_ps(a.v, b.v)}; }
inline Vector operator-(Vector a, Vector b) { return {_mm512_sub_ps(a.v, b.v)}; }
inline Vector operator*(Vector a, Vector b) { return {_mm512_mul_ps(a.v, b.v)}; }
inline Vector operator/(Vector a, Vector b) { return {_mm512_div_ps(a.v, b.v)}; }
inline Vector fma(Vector a, Vector b, Vector c) { return {_mm512_fmadd_ps(a.v, b.v, c.v)}; }
inline Vector max(Vector a, Vector b) { return {_mm512_max_ps(a.v, b.v)}; }
inline Vector min(Vector a, Vector b) { return {_mm512_min_ps(a.v, b.v)}; }
inline Vector sqrt(Vector a) { return {_mm512_sqrt_ps(a.v)}; }

inline Mask less(Vector a, Vector b) { return {_mm512_cmp_ps_mask(a.v, b.v, _CMP_LT_OQ)}; }
inline bool any(Mask m) { return m.v != 0; }
inline Vector select(Mask m, Vector yes, Vector no) { return {_mm512_mask_blend_ps(m.v, no.v, yes.v)}; }

inline Integers integers(uint32_t x) { return {_mm512_set1_epi32(static_cast<int>(x))}; }
inline Integers load(const uint32_t* p) { return {_mm512_loadu_si512(p)}; }
inline Integers operator+(Integers a, Integers b) { return {_mm512_add_epi32(a.v, b.v)}; }
inline Integers operator-(Integers a, Integers b) { return {_mm512_sub_epi32(a.v, b.v)}; }
inline Integers operator&(Integers a, Integers b) { return {_mm512_and_si512(a.v, b.v)}; }
inline Integers operator|(Integers a, Integers b) { return {_mm512_or_si512(a.v, b.v)}; }
inline Integers operator^(Integers a, Integers b) { return {_mm512_xor_si512(a.v, b.v)}; }
template <int n> inline Integers shift_left(Integers a) { return {_mm512_slli_epi32(a.v, n)}; }
template <int n> inline Integers shift_right(Integers a) { return {_mm512_srli_epi32(a.v, n)}; }
inline Mask nonzero(Integers a) { return {_mm512_test_epi32_mask(a.v, a.v)}; }

inline Integers bits(Vector a) { return {_mm512_castps_si512(a.v)}; }
inline Vector from_bits(Integers a) { return {_mm512_castsi512_ps(a.v)}; }
inline Vector to_float(Integers a) { return {_mm512_cvtepi32_ps(a.v)}; }

// The high and low halves of the 64-bit products of unsigned 32-bit integers.
inline void multiply(Integers a, uint32_t b, Integers& high, Integers& low) {
  const __m512i m = _mm512_set1_epi32(static_cast<int>(b));
  const __m512i even = _mm512_mul_epu32(a.v, m);
  const __m512i odd = _mm512_mul_epu32(_mm512_srli_epi64(a.v, 32), m);
  high.v = _mm512_mask_mov_epi32(_mm512_srli_epi64(even, 32), 0xaaaa, odd);
  low.v = _mm512_mask_mov_epi32(even, 0xaaaa, _mm512_slli_epi64(odd, 32));
}

// Lane j and lane j + 8 first, then halves of what is left: the same order on every path.
inline float sum(Vector a) {
  const __m256 half = _mm256_add_ps(_mm512_castps512_ps256(a.v), _mm512_extractf32x8_ps(a.v, 1));
  __m128 quarter = _mm_add_ps(_mm256_castps256_ps128(half), _mm256_extractf128_ps(half, 1));
  quarter = _mm_add_ps(quarter, _mm_movehl_ps(quarter, quarter));
  return _mm_cvtss_f32(_mm_add_ss(quarter, _mm_shuffle_ps(quarter, quarter, 1)));
}

inline float largest(Vector a) { return _mm512_reduce_max_ps(a.v); }

}  // namespace PATH
