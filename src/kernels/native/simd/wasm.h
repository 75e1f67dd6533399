// Sixteen floats in four registers of WebAssembly's 128-bit SIMD. The fused multiply-add is that of the
// relaxed instructions, where the module is compiled with them: src/kernels/wasm.ts asks the engine whether
// it rounds once. Without them it is a product and a sum, as on the path `plain`, whose bits this path then
// has.
#pragma once

#include <wasm_simd128.h>

#include <cstdint>
#include <cstring>

namespace PATH {

struct Vector {
  v128_t v[4];
};
struct Integers {
  v128_t v[4];
};
struct Mask {
  v128_t v[4];
};

// Blocks of a matrix product that fit into the 16 registers of most machines: rows × vectors, and vectors of
// a single row.
constexpr int BLOCK_ROWS = 2;
constexpr int BLOCK_VECTORS = 1;
constexpr int ROW_VECTORS = 2;

// Applies f to each of the four registers.
template <class Result, class F> __attribute__((always_inline)) inline Result each(F f) {
  return {{f(0), f(1), f(2), f(3)}};
}

// No instruction takes denormal numbers as zero here, as the processor's do for the other paths
// (denormals.h): what goes to memory is made so, and value.h and fading.h see to the rest.
#define PATH_KEEPS_DENORMALS
inline v128_t flushed(v128_t x) {
  const v128_t size = wasm_v128_and(x, wasm_i32x4_const_splat(0x7fffffff));
  const v128_t normal = wasm_i32x4_gt(size, wasm_i32x4_const_splat(0x007fffff));
  return wasm_v128_and(x, wasm_v128_or(normal, wasm_i32x4_const_splat(INT32_MIN)));
}
inline Vector flushed(Vector a) {
  return each<Vector>([=](int i) { return flushed(a.v[i]); });
}
inline float flushed(float x) { return wasm_f32x4_extract_lane(flushed(wasm_f32x4_splat(x)), 0); }

// The greatest e for which none of n numbers is below 2ᵉ, but for those that are 0.
inline int least_exponent(const float* p, int64_t n) {
  // By their bits less those of the smallest normal number, 0 and denormal numbers come last.
  constexpr uint32_t SMALLEST = 0x00800000;
  const auto order = [](v128_t x) {
    const v128_t size = wasm_v128_and(x, wasm_i32x4_const_splat(0x7fffffff));
    return wasm_i32x4_sub(size, wasm_u32x4_const_splat(SMALLEST));
  };
  v128_t least = wasm_i32x4_const_splat(-1);
  int64_t i = 0;
  for (; i + 4 <= n; i += 4) least = wasm_u32x4_min(least, order(wasm_v128_load(p + i)));
  for (; i < n; i++) least = wasm_u32x4_min(least, order(wasm_v128_load32_splat(p + i)));
  least = wasm_u32x4_min(least, wasm_i32x4_shuffle(least, least, 2, 3, 0, 1));
  least = wasm_u32x4_min(least, wasm_i32x4_shuffle(least, least, 1, 0, 3, 2));
  const uint32_t bits = wasm_u32x4_extract_lane(least, 0) + SMALLEST;
  return bits < SMALLEST ? 128 : static_cast<int>(bits >> 23) - 127;
}

inline Vector load(const float* p) {
  return each<Vector>([=](int i) { return wasm_v128_load(p + 4 * i); });
}
inline void store_as_is(float* p, Vector a) {
  for (int i = 0; i < 4; i++) wasm_v128_store(p + 4 * i, a.v[i]);
}
inline void store(float* p, Vector a) { store_as_is(p, flushed(a)); }
inline Vector broadcast(float x) {
  const v128_t v = wasm_f32x4_splat(x);
  return {{v, v, v, v}};
}
inline Mask first_lanes(int n) {
  const v128_t limit = wasm_i32x4_splat(n);
  const v128_t lanes = wasm_i32x4_const(0, 1, 2, 3);
  return each<Mask>(
      [=](int i) { return wasm_i32x4_lt(wasm_i32x4_add(lanes, wasm_i32x4_splat(4 * i)), limit); });
}

// Stores the first n lanes and touches nothing behind them.
inline void store_first_as_is(float* p, Vector a, int64_t n) {
  if (n >= 16) return store_as_is(p, a);
  int i = 0;
  for (; n - 4 * i >= 4; i++) wasm_v128_store(p + 4 * i, a.v[i]);
  const v128_t rest = a.v[i];
  p += 4 * i;
  if (n & 2) {
    wasm_v128_store64_lane(p, rest, 0);
    if (n & 1) wasm_v128_store32_lane(p + 2, rest, 2);
  } else if (n & 1) {
    wasm_v128_store32_lane(p, rest, 0);
  }
}
inline void store_first(float* p, Vector a, int64_t n) { store_first_as_is(p, flushed(a), n); }

inline Vector operator+(Vector a, Vector b) {
  return each<Vector>([&](int i) { return wasm_f32x4_add(a.v[i], b.v[i]); });
}
inline Vector operator-(Vector a, Vector b) {
  return each<Vector>([&](int i) { return wasm_f32x4_sub(a.v[i], b.v[i]); });
}
inline Vector operator*(Vector a, Vector b) {
  return each<Vector>([&](int i) { return wasm_f32x4_mul(a.v[i], b.v[i]); });
}
inline Vector operator/(Vector a, Vector b) {
  return each<Vector>([&](int i) { return wasm_f32x4_div(a.v[i], b.v[i]); });
}
inline Vector fma(Vector a, Vector b, Vector c) {
#if defined(PATH_WASM_FMA)
  return each<Vector>([&](int i) { return wasm_f32x4_relaxed_madd(a.v[i], b.v[i], c.v[i]); });
#else
  return each<Vector>([&](int i) { return wasm_f32x4_add(wasm_f32x4_mul(a.v[i], b.v[i]), c.v[i]); });
#endif
}
// The second operand where one is NaN: pmax(x, y) is x < y ? y : x, and pmin(x, y) is y < x ? y : x.
inline Vector max(Vector a, Vector b) {
  return each<Vector>([&](int i) { return wasm_f32x4_pmax(b.v[i], a.v[i]); });
}
inline Vector min(Vector a, Vector b) {
  return each<Vector>([&](int i) { return wasm_f32x4_pmin(b.v[i], a.v[i]); });
}
inline Vector sqrt(Vector a) {
  return each<Vector>([&](int i) { return wasm_f32x4_sqrt(a.v[i]); });
}

inline Mask less(Vector a, Vector b) {
  return each<Mask>([&](int i) { return wasm_f32x4_lt(a.v[i], b.v[i]); });
}
inline bool any(Mask m) {
  return wasm_v128_any_true(wasm_v128_or(wasm_v128_or(m.v[0], m.v[1]), wasm_v128_or(m.v[2], m.v[3])));
}
inline Vector select(Mask m, Vector yes, Vector no) {
  return each<Vector>([&](int i) { return wasm_v128_bitselect(yes.v[i], no.v[i], m.v[i]); });
}

inline Integers integers(uint32_t x) {
  const v128_t v = wasm_u32x4_splat(x);
  return {{v, v, v, v}};
}
inline Integers load(const uint32_t* p) {
  return each<Integers>([=](int i) { return wasm_v128_load(p + 4 * i); });
}
inline Integers operator+(Integers a, Integers b) {
  return each<Integers>([&](int i) { return wasm_i32x4_add(a.v[i], b.v[i]); });
}
inline Integers operator-(Integers a, Integers b) {
  return each<Integers>([&](int i) { return wasm_i32x4_sub(a.v[i], b.v[i]); });
}
inline Integers operator&(Integers a, Integers b) {
  return each<Integers>([&](int i) { return wasm_v128_and(a.v[i], b.v[i]); });
}
inline Integers operator|(Integers a, Integers b) {
  return each<Integers>([&](int i) { return wasm_v128_or(a.v[i], b.v[i]); });
}
inline Integers operator^(Integers a, Integers b) {
  return each<Integers>([&](int i) { return wasm_v128_xor(a.v[i], b.v[i]); });
}
template <int n> inline Integers shift_left(Integers a) {
  return each<Integers>([&](int i) { return wasm_i32x4_shl(a.v[i], n); });
}
template <int n> inline Integers shift_right(Integers a) {
  return each<Integers>([&](int i) { return wasm_u32x4_shr(a.v[i], n); });
}
inline Mask nonzero(Integers a) {
  const v128_t none = wasm_i32x4_const(0, 0, 0, 0);
  return each<Mask>([&](int i) { return wasm_i32x4_ne(a.v[i], none); });
}

inline Integers bits(Vector a) { return {{a.v[0], a.v[1], a.v[2], a.v[3]}}; }
inline Vector from_bits(Integers a) { return {{a.v[0], a.v[1], a.v[2], a.v[3]}}; }
inline Vector to_float(Integers a) {
  return each<Vector>([&](int i) { return wasm_f32x4_convert_i32x4(a.v[i]); });
}

// The high and low halves of the 64-bit products of unsigned 32-bit integers.
inline void multiply(Integers a, uint32_t b, Integers& high, Integers& low) {
  const v128_t m = wasm_u32x4_splat(b);
  for (int i = 0; i < 4; i++) {
    const v128_t front = wasm_u64x2_extmul_low_u32x4(a.v[i], m);
    const v128_t back = wasm_u64x2_extmul_high_u32x4(a.v[i], m);
    high.v[i] = wasm_i32x4_shuffle(front, back, 1, 3, 5, 7);
    low.v[i] = wasm_i32x4_shuffle(front, back, 0, 2, 4, 6);
  }
}

// Lane j and lane j + 8 first, then halves of what is left: the same order on every path.
inline float sum(Vector a) {
  const v128_t q = wasm_f32x4_add(wasm_f32x4_add(a.v[0], a.v[2]), wasm_f32x4_add(a.v[1], a.v[3]));
  const v128_t e = wasm_f32x4_add(q, wasm_i32x4_shuffle(q, q, 2, 3, 2, 3));
  return wasm_f32x4_extract_lane(e, 0) + wasm_f32x4_extract_lane(e, 1);
}

inline float largest(Vector a) {
  const v128_t q = wasm_f32x4_pmax(wasm_f32x4_pmax(a.v[0], a.v[2]), wasm_f32x4_pmax(a.v[1], a.v[3]));
  const v128_t e = wasm_f32x4_pmax(q, wasm_i32x4_shuffle(q, q, 2, 3, 2, 3));
  const float x = wasm_f32x4_extract_lane(e, 0), y = wasm_f32x4_extract_lane(e, 1);
  return x < y ? y : x;
}

}  // namespace PATH
