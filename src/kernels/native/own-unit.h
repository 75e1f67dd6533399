// A unit that is compiled by itself and loaded at run time; src/kernels/own-unit.ts writes the source that
// does so.
#pragma once

#include <cstdint>

#include "call.h"

// What such a library has to agree on with the kernels that call it, in one number: the sizes of all that
// both see.
constexpr uint64_t layout_of_calls() {
  uint64_t layout = 0;
  for (uint64_t size : {sizeof(Unit), sizeof(UnitShape), sizeof(Model), sizeof(Batch), sizeof(Widths),
                        sizeof(Workspace), sizeof(Call), sizeof(Steps), sizeof(Share)})
    layout = layout * 1009 + size;
  return layout;
}

// What the library exports under the name OWN_UNIT_NAME.
struct OwnUnit {
  uint64_t layout;
  Unit unit;
};

#define OWN_UNIT own_unit
#define OWN_UNIT_NAME "own_unit"
