// Prints, for each elementary function of a path, the largest error in units in the last place against the C
// library in double precision, over its whole range, and a digest of all its bits.
#include "functions.h"

#include <cmath>
#include <cstdio>

#include "logarithm.h"

using namespace PATH;

namespace {

// FNV-1a, of the bits of many floats.
struct Digest {
  uint64_t hash = 0xcbf29ce484222325u;
  void add(float x) {
    uint32_t bits;
    std::memcpy(&bits, &x, sizeof bits);
    for (int i = 0; i < 4; i++) hash = (hash ^ (bits >> 8 * i & 0xff)) * 0x100000001b3u;
  }
};

// The distance of two numbers in steps of a float as large as the right one, or as `least` where that is
// larger.
double ulps(float actual, double right, double least) {
  const float size =
      std::fmax(std::fmax(std::fabs(static_cast<float>(right)), static_cast<float>(least)), 1e-37f);
  const double step = static_cast<double>(std::nextafter(size, INFINITY)) - size;
  return std::fabs(actual - right) / step;
}

// The floats from `low` to `high` whose bits are some steps apart, in their order.
template <class F> void sweep(float low, float high, uint32_t step, F f) {
  float lanes[LANES];
  int n = 0;
  for (uint32_t bits = 0; bits < 0xff800000u; bits += step) {
    float x;
    std::memcpy(&x, &bits, sizeof x);
    if (!(x >= low && x <= high) || (std::fabs(x) < 1.2e-38f && x != 0)) continue;
    lanes[n++] = x;
    if (n == LANES) f(lanes), n = 0;
  }
  while (n < LANES) lanes[n++] = low;
  f(lanes);
}

constexpr uint32_t STEP = 1999;

template <class Kernel, class Right>
void hold(const char* name, float low, float high, double least, Kernel kernel, Right right) {
  double worst = 0;
  float at = 0;
  Digest digest;
  sweep(low, high, STEP, [&](const float* x) {
    float y[LANES];
    store(y, kernel(load(x)));
    for (int i = 0; i < LANES; i++) {
      digest.add(y[i]);
      const double error = ulps(y[i], right(static_cast<double>(x[i])), least);
      if (!(error <= worst)) worst = error, at = x[i];
    }
  });
  std::printf("%s %.3f %.9g %016llx\n", name, worst, at, static_cast<unsigned long long>(digest.hash));
}

double logistic_of(double x) { return 1 / (1 + std::exp(-x)); }

// Each lane by the function of one float.
Vector log_of_each(Vector x) {
  float lanes[LANES];
  store(lanes, x);
  for (float& lane : lanes) lane = PATH::log(lane);
  return load(lanes);
}

}  // namespace

int main() {
  const float most = std::numeric_limits<float>::max(), least = std::numeric_limits<float>::min();
  hold(
      "exp", -87, 88, 0, [](Vector x) { return PATH::exp(x); }, [](double x) { return std::exp(x); });
  hold("sigmoid", -86, most, 0, sigmoid, logistic_of);
  hold(
      "tanh", -most, most, 0, [](Vector x) { return PATH::tanh(x); }, [](double x) { return std::tanh(x); });
  hold(
      "log", least, most, 0, [](Vector x) { return PATH::log(x); }, [](double x) { return std::log(x); });
  hold("log-of-one", least, most, 0, log_of_each, [](double x) { return std::log(x); });
  hold("exp-not-positive", -87, 0, 0, exp_not_positive, [](double x) { return std::exp(x); });
  hold(
      "logistic-slope", -86, most, 0, [](Vector x) { return logistic(x).slope; }, logistic_of);
  hold(
      "softplus", -86, most, 0, [](Vector x) { return softplus(x).value; },
      [](double x) { return x > 40 ? x : std::log1p(std::exp(x)); });
  hold(
      "softplus-slope", -86, most, 0, [](Vector x) { return softplus(x).slope; }, logistic_of);
  constexpr double TURN = 6.283185307179586;
  hold(
      "cosine", 0, 0.9999999f, 1, [](Vector x) { return direction(x).cosine; },
      [](double x) { return std::cos(TURN * x); });
  hold(
      "sine", 0, 0.9999999f, 1, [](Vector x) { return direction(x).sine; },
      [](double x) { return std::sin(TURN * x); });
}
