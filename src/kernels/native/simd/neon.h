// Sixteen floats in four NEON registers of an arm64 processor.
#pragma once

#include <arm_neon.h>

#include <cstdint>
#include <cstring>

namespace PATH {

struct Vector { float32x4_t v[4]; };
struct Integers { uint32x4_t v[4]; };
struct Mask { uint32x4_t v[4]; };

// Blocks of a matrix product that fit into 32 registers: rows × vectors, and vectors of a single row.
constexpr int BLOCK_ROWS = 6;
constexpr int BLOCK_VECTORS = 1;
constexpr int ROW_VECTORS = 6;

// Applies f to each of the four registers.
template <class Result, class F> inline Result each(F f) { return {{f(0), f(1), f(2), f(3)}}; }

inline Vector load(const float* p) {
  return each<Vector>([=](int i) { return vld1q_f32(p + 4 * i); });
}
inline void store(float* p, Vector a) {
  for (int i = 0; i < 4; i++) vst1q_f32(p + 4 * i, a.v[i]);
}
inline Vector broadcast(float x) {
  return each<Vector>([=](int) { return vdupq_n_f32(x); });
}
inline Mask first_lanes(int n) {
  static const uint32_t LANES[16] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  const uint32x4_t limit = vdupq_n_u32(static_cast<uint32_t>(n));
  return each<Mask>([=](int i) { return vcltq_u32(vld1q_u32(LANES + 4 * i), limit); });
}

// Stores the first n lanes and touches nothing behind them.
inline void store_first(float* p, Vector a, long n) {
  if (n >= 16) return store(p, a);
  float lanes[16];
  store(lanes, a);
  std::memcpy(p, lanes, static_cast<size_t>(n) * sizeof(float));
}

inline Vector operator+(Vector a, Vector b) {
  return each<Vector>([&](int i) { return vaddq_f32(a.v[i], b.v[i]); });
}
inline Vector operator-(Vector a, Vector b) {
  return each<Vector>([&](int i) { return vsubq_f32(a.v[i], b.v[i]); });
}
inline Vector operator*(Vector a, Vector b) {
  return each<Vector>([&](int i) { return vmulq_f32(a.v[i], b.v[i]); });
}
inline Vector operator/(Vector a, Vector b) {
  return each<Vector>([&](int i) { return vdivq_f32(a.v[i], b.v[i]); });
}
inline Vector fma(Vector a, Vector b, Vector c) {
  return each<Vector>([&](int i) { return vfmaq_f32(c.v[i], a.v[i], b.v[i]); });
}
inline Vector max(Vector a, Vector b) {
  return each<Vector>([&](int i) { return vmaxq_f32(a.v[i], b.v[i]); });
}
inline Vector min(Vector a, Vector b) {
  return each<Vector>([&](int i) { return vminq_f32(a.v[i], b.v[i]); });
}
inline Vector sqrt(Vector a) {
  return each<Vector>([&](int i) { return vsqrtq_f32(a.v[i]); });
}

inline Mask less(Vector a, Vector b) {
  return each<Mask>([&](int i) { return vcltq_f32(a.v[i], b.v[i]); });
}
inline bool any(Mask m) {
  return vmaxvq_u32(vorrq_u32(vorrq_u32(m.v[0], m.v[1]), vorrq_u32(m.v[2], m.v[3]))) != 0;
}
inline Vector select(Mask m, Vector yes, Vector no) {
  return each<Vector>([&](int i) { return vbslq_f32(m.v[i], yes.v[i], no.v[i]); });
}

inline Integers integers(uint32_t x) {
  return each<Integers>([=](int) { return vdupq_n_u32(x); });
}
inline Integers load(const uint32_t* p) {
  return each<Integers>([=](int i) { return vld1q_u32(p + 4 * i); });
}
inline Integers operator+(Integers a, Integers b) {
  return each<Integers>([&](int i) { return vaddq_u32(a.v[i], b.v[i]); });
}
inline Integers operator-(Integers a, Integers b) {
  return each<Integers>([&](int i) { return vsubq_u32(a.v[i], b.v[i]); });
}
inline Integers operator&(Integers a, Integers b) {
  return each<Integers>([&](int i) { return vandq_u32(a.v[i], b.v[i]); });
}
inline Integers operator|(Integers a, Integers b) {
  return each<Integers>([&](int i) { return vorrq_u32(a.v[i], b.v[i]); });
}
inline Integers operator^(Integers a, Integers b) {
  return each<Integers>([&](int i) { return veorq_u32(a.v[i], b.v[i]); });
}
template <int n> inline Integers shift_left(Integers a) {
  return each<Integers>([&](int i) { return vshlq_n_u32(a.v[i], n); });
}
template <int n> inline Integers shift_right(Integers a) {
  return each<Integers>([&](int i) { return vshrq_n_u32(a.v[i], n); });
}
inline Mask nonzero(Integers a) {
  return each<Mask>([&](int i) { return vtstq_u32(a.v[i], a.v[i]); });
}

inline Integers bits(Vector a) {
  return each<Integers>([&](int i) { return vreinterpretq_u32_f32(a.v[i]); });
}
inline Vector from_bits(Integers a) {
  return each<Vector>([&](int i) { return vreinterpretq_f32_u32(a.v[i]); });
}
inline Vector to_float(Integers a) {
  return each<Vector>([&](int i) { return vcvtq_f32_s32(vreinterpretq_s32_u32(a.v[i])); });
}

// The high and low halves of the 64-bit products of unsigned 32-bit integers.
inline void multiply(Integers a, uint32_t b, Integers& high, Integers& low) {
  for (int i = 0; i < 4; i++) {
    const uint64x2_t front = vmull_n_u32(vget_low_u32(a.v[i]), b);
    const uint64x2_t back = vmull_n_u32(vget_high_u32(a.v[i]), b);
    high.v[i] = vcombine_u32(vshrn_n_u64(front, 32), vshrn_n_u64(back, 32));
    low.v[i] = vcombine_u32(vmovn_u64(front), vmovn_u64(back));
  }
}

// Lane j and lane j + 8 first, then halves of what is left: the same order on every path.
inline float sum(Vector a) {
  const float32x4_t quarter =
      vaddq_f32(vaddq_f32(a.v[0], a.v[2]), vaddq_f32(a.v[1], a.v[3]));
  const float32x2_t eighth = vadd_f32(vget_low_f32(quarter), vget_high_f32(quarter));
  return vget_lane_f32(eighth, 0) + vget_lane_f32(eighth, 1);
}

inline float largest(Vector a) {
  return vmaxvq_f32(vmaxq_f32(vmaxq_f32(a.v[0], a.v[1]), vmaxq_f32(a.v[2], a.v[3])));
}

}  // namespace PATH
