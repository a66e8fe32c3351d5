// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Inner loops that need vector instructions Swift cannot name. Each has a portable counterpart in ByteTransforms that gives
// the same results; callers ask once whether the processor can run it.

#if defined(__cplusplus)
extern "C" {
#endif

/// Lanes that `rolling_search` works on at once.
enum { ROLLING_LANES = 64 };
/// Positions of one lane come in blocks of this many.
enum { ROLLING_BLOCK = 64 };
/// Words of the `matrices` argument.
enum { ROLLING_MATRICES = 16 };

/// Whether this processor (and operating system) can run `rolling_search`: AVX-512BW and GFNI.
bool rolling_search_is_supported(void);

/// Searches `ROLLING_LANES * ROLLING_BLOCK * lane_blocks` consecutive positions for digests that end in 20 zero bits.
///
/// - start: where the first position is; 64 bytes before it and as many as there are positions from it on are read.
/// - matrices: 8×8 bit matrices that map a byte to byte `j` of a digest times 8: 7 for the byte shifted out of the digest, 7 for
///   the byte leaving the window, 2 for the byte entering it.
/// - bitmap: NULL, or one bit per position, set for each one found.
/// - returns: the first position found, counted from `start`; the number of positions searched if there is none.
size_t rolling_search(const uint8_t *start, size_t lane_blocks, const uint64_t *matrices, uint64_t *bitmap);

/// Whether this processor can run `sha256_many`: SHA extensions.
bool sha256_many_is_supported(void);

/// Hashes `count` messages, two at a time.
///
/// - messages, lengths: where each message is, and its number of bytes.
/// - digests: receives `count` times 32 bytes, in the order of the messages.
void sha256_many(const uint8_t *const *messages, const size_t *lengths, size_t count, uint8_t *digests);

#if defined(__cplusplus)
}
#endif
