// Thrown inside the reader when a message would take more memory than its options allow; loads()
// turns it into pickle_too_large.
#pragma once

namespace parley::pickle {

struct MemoryLimitReached {};

}  // namespace parley::pickle
