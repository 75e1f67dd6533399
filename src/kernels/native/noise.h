// Gaussian weight noise from Philox4x32-10, the counter-based generator of Salmon, Moraes, Dror and Shaw (SC'11),
// by the transform of Box and Muller (1958). src/random/ draws the same numbers.
#pragma once

#include "functions.h"

namespace PATH {

// Numbers come in stretches of 64: lane j of the four words of 16 blocks, word after word.
constexpr long STRETCH = 64;

struct Words { Integers w[4]; };

// Blocks first … first + 15 of the generator.
inline Words philox(uint32_t first, const uint32_t counter[3], const uint32_t key[2]) {
  static const uint32_t COUNT[16] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  Words c = {{load(COUNT) + integers(first), integers(counter[0]), integers(counter[1]), integers(counter[2])}};
  uint32_t k0 = key[0], k1 = key[1];
  for (int round = 0; round < 10; round++) {
    Integers high0, low0, high1, low1;
    multiply(c.w[0], 0xd2511f53u, high0, low0);
    multiply(c.w[2], 0xcd9e8d57u, high1, low1);
    c = {{high1 ^ c.w[1] ^ integers(k0), low1, high0 ^ c.w[3] ^ integers(k1), low0}};
    k0 += 0x9e3779b9u;
    k1 += 0xbb67ae85u;
  }
  return c;
}

// Uniform on (0, 1): the middle of one of 2²³ intervals, which a float holds exactly.
inline Vector uniform(Integers word) {
  return fma(to_float(shift_right<9>(word)), broadcast(1.1920929e-7f), broadcast(5.9604645e-8f));
}

// Standard normal deviates of stretch s, times `deviation`.
inline void normal_stretch(uint32_t s, const uint32_t counter[3], const uint32_t key[2], float deviation, float* out) {
  const Words words = philox(s * 16, counter, key);
  for (int pair = 0; pair < 2; pair++) {
    const Vector radius = sqrt(log(uniform(words.w[2 * pair])) * broadcast(-2.0f)) * broadcast(deviation);
    const Direction angle = direction(uniform(words.w[2 * pair + 1]));
    store(out + 32 * pair, radius * angle.cosine);
    store(out + 32 * pair + 16, radius * angle.sine);
  }
}

// to[i] = from[i] + deviation·z_i for begin ≤ i < end.
inline void add_noise(const float* from, float* to, long begin, long end, float deviation, const uint32_t counter[3],
                      const uint32_t key[2]) {
  float noise[STRETCH];
  for (long s = begin / STRETCH; s * STRETCH < end; s++) {
    normal_stretch(static_cast<uint32_t>(s), counter, key, deviation, noise);
    const long start = s * STRETCH;
    if (start >= begin && start + STRETCH <= end)
      for (long i = 0; i < STRETCH; i += LANES) store(to + start + i, load(from + start + i) + load(noise + i));
    else
      for (long i = start < begin ? begin : start; i < start + STRETCH && i < end; i++) to[i] = from[i] + noise[i - start];
  }
}

}  // namespace PATH
