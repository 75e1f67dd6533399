// What is wrong with a call, in a sentence that becomes a JavaScript exception.
#pragma once

#include <cstddef>
#include <cstdint>

// A short text, cut where it would not fit: it needs no memory of its own, which WebAssembly does not have.
class Message {
 public:
  Message& operator<<(const char* text) {
    while (*text) put(*text++);
    return *this;
  }
  Message& operator<<(int64_t number) {
    char digits[20];
    int count = 0;
    uint64_t rest = number < 0 ? 0 - static_cast<uint64_t>(number) : static_cast<uint64_t>(number);
    do digits[count++] = static_cast<char>('0' + rest % 10);
    while (rest /= 10);
    if (number < 0) put('-');
    while (count > 0) put(digits[--count]);
    return *this;
  }

  const char* text() const { return text_; }
  size_t length() const { return length_; }

 private:
  void put(char letter) {
    if (length_ + 1 < sizeof text_) text_[length_++] = letter;
  }

  char text_[200] = {};
  size_t length_ = 0;
};

// TypeError, RangeError, or Error for what the system refuses.
enum class Wrong : int32_t { type, range, system };

// Ends the call; each door throws in its own way.
[[noreturn]] void reject(Wrong, const Message&);
