// What a unit is, for all paths: its gates, what they are multiplied with, its states, and its way through
// time. The headers in units/ declare each unit's shape.
#pragma once

#include <cstdint>

// How many gates, groups, states, weight vectors, … a unit may have; src/model/graph/unit-rules.ts says the
// same.
constexpr int64_t MOST_PARTS = 12;

// A sum xW + aU + b, of which a gate may lack parts. Its columns are the `position`-th of its group.
struct GateShape {
  int32_t group, position;
  bool input, bias;
};

// What the gates of a group multiply with U: nothing, a state before the step, or what the step computes.
enum class Operand : int32_t { none, state, computed };

// Gates with one operand, which is 0 at the first step if it `vanishes`; `index` is the operand's among its
// kind.
struct GroupShape {
  int32_t gates;
  Operand operand;
  int32_t index;
  bool vanishes;
};

// dV[weight] = Σ δ[gate]⊙state, the one before or after the step.
struct DiagonalShape {
  int32_t weight, gate, state;
  bool before;
};

struct UnitShape {
  // How many there are. Operands are the computed ones; carries, gradients that several stages add up.
  int32_t states, gates, groups, operands, weights, carries, diagonals, extras;
  // In the order of the parameters.
  GateShape gate[MOST_PARTS];
  // In the order of their columns.
  GroupShape group[MOST_PARTS];
  DiagonalShape diagonal[MOST_PARTS];
  // Of each extra column, which holds each frame's part of a weight vector's gradient, the weight.
  int32_t extra[MOST_PARTS];
};

struct Call;

// The sequences [begin, end) of a thread.
struct Share {
  int64_t begin, end;
};

// Some successive steps [first, last), whose rows start at `start`.
struct Steps {
  int64_t first, last, start;
};

// A unit on one path. The hash is that of its equations.
struct Unit {
  const char *name, *hash;
  const UnitShape& shape;
  void (*forward)(const Call&, Share, bool gradient);
  void (*backward)(const Call&, Share, Steps);
};
