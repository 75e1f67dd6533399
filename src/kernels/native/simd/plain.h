// Sixteen floats in an array, for processors without one of the other paths. A fused multiply-add is a
// product and a sum here, so the last bits differ from the other paths.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>

namespace PATH {

struct Vector { float v[16]; };
struct Integers { uint32_t v[16]; };
struct Mask { bool v[16]; };

// Blocks of a matrix product: rows × vectors, and vectors of a single row.
constexpr int BLOCK_ROWS = 2;
constexpr int BLOCK_VECTORS = 1;
constexpr int ROW_VECTORS = 2;

template <class Result, class F> inline Result each(F f) {
  Result result;
  for (int i = 0; i < 16; i++) result.v[i] = f(i);
  return result;
}

inline Vector load(const float* p) {
  Vector a;
  std::memcpy(a.v, p, sizeof a.v);
  return a;
}
inline void store(float* p, Vector a) { std::memcpy(p, a.v, sizeof a.v); }
inline Vector broadcast(float x) {
  return each<Vector>([=](int) { return x; });
}
inline Mask first_lanes(int n) {
  return each<Mask>([=](int i) { return i < n; });
}

// Stores the first n lanes and touches nothing behind them.
inline void store_first(float* p, Vector a, long n) {
  if (n >= 16) return store(p, a);
  float lanes[16];
  store(lanes, a);
  std::memcpy(p, lanes, static_cast<size_t>(n) * sizeof(float));
}

inline Vector operator+(Vector a, Vector b) {
  return each<Vector>([&](int i) { return a.v[i] + b.v[i]; });
}
inline Vector operator-(Vector a, Vector b) {
  return each<Vector>([&](int i) { return a.v[i] - b.v[i]; });
}
inline Vector operator*(Vector a, Vector b) {
  return each<Vector>([&](int i) { return a.v[i] * b.v[i]; });
}
inline Vector operator/(Vector a, Vector b) {
  return each<Vector>([&](int i) { return a.v[i] / b.v[i]; });
}
inline Vector fma(Vector a, Vector b, Vector c) {
  return each<Vector>([&](int i) { return a.v[i] * b.v[i] + c.v[i]; });
}
inline Vector max(Vector a, Vector b) {
  return each<Vector>([&](int i) { return a.v[i] > b.v[i] ? a.v[i] : b.v[i]; });
}
inline Vector min(Vector a, Vector b) {
  return each<Vector>([&](int i) { return a.v[i] < b.v[i] ? a.v[i] : b.v[i]; });
}
inline Vector sqrt(Vector a) {
  return each<Vector>([&](int i) { return ::sqrtf(a.v[i]); });
}

inline Mask less(Vector a, Vector b) {
  return each<Mask>([&](int i) { return a.v[i] < b.v[i]; });
}
inline bool any(Mask m) {
  for (bool lane : m.v)
    if (lane) return true;
  return false;
}
inline Vector select(Mask m, Vector yes, Vector no) {
  return each<Vector>([&](int i) { return m.v[i] ? yes.v[i] : no.v[i]; });
}

inline Integers integers(uint32_t x) {
  return each<Integers>([=](int) { return x; });
}
inline Integers load(const uint32_t* p) {
  Integers a;
  std::memcpy(a.v, p, sizeof a.v);
  return a;
}
inline Integers operator+(Integers a, Integers b) {
  return each<Integers>([&](int i) { return a.v[i] + b.v[i]; });
}
inline Integers operator-(Integers a, Integers b) {
  return each<Integers>([&](int i) { return a.v[i] - b.v[i]; });
}
inline Integers operator&(Integers a, Integers b) {
  return each<Integers>([&](int i) { return a.v[i] & b.v[i]; });
}
inline Integers operator|(Integers a, Integers b) {
  return each<Integers>([&](int i) { return a.v[i] | b.v[i]; });
}
inline Integers operator^(Integers a, Integers b) {
  return each<Integers>([&](int i) { return a.v[i] ^ b.v[i]; });
}
template <int n> inline Integers shift_left(Integers a) {
  return each<Integers>([&](int i) { return a.v[i] << n; });
}
template <int n> inline Integers shift_right(Integers a) {
  return each<Integers>([&](int i) { return a.v[i] >> n; });
}
inline Mask nonzero(Integers a) {
  return each<Mask>([&](int i) { return a.v[i] != 0; });
}

inline Integers bits(Vector a) {
  Integers b;
  std::memcpy(b.v, a.v, sizeof b.v);
  return b;
}
inline Vector from_bits(Integers a) {
  Vector b;
  std::memcpy(b.v, a.v, sizeof b.v);
  return b;
}
inline Vector to_float(Integers a) {
  return each<Vector>([&](int i) { return static_cast<float>(static_cast<int32_t>(a.v[i])); });
}

// The high and low halves of the 64-bit products of unsigned 32-bit integers.
inline void multiply(Integers a, uint32_t b, Integers& high, Integers& low) {
  for (int i = 0; i < 16; i++) {
    const uint64_t product = static_cast<uint64_t>(a.v[i]) * b;
    high.v[i] = static_cast<uint32_t>(product >> 32);
    low.v[i] = static_cast<uint32_t>(product);
  }
}

// Lane j and lane j + 8 first, then halves of what is left: the same order on every path.
inline float sum(Vector a) {
  for (int width = 8; width > 0; width /= 2)
    for (int i = 0; i < width; i++) a.v[i] += a.v[i + width];
  return a.v[0];
}

inline float largest(Vector a) {
  float result = a.v[0];
  for (float x : a.v) result = x > result ? x : result;
  return result;
}

}  // namespace PATH
