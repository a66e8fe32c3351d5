// SPDX-License-Identifier: Apache-2.0

#include "CVectorKernels.h"

// The SHA extensions finish two rounds only every fourth cycle when each waits for the one before, but can start a pair every
// second cycle: two independent messages side by side fill the gaps.

#if defined(__x86_64__)

#include <immintrin.h>
#include <string.h>

#define VECTOR __attribute__((target("sha,sse4.1,ssse3")))
#define INLINE static inline __attribute__((always_inline))

bool sha256_many_is_supported(void) {
    uint32_t a = 7, b = 0, c = 0, d = 0;
    __asm__ volatile("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
    return __builtin_cpu_supports("sse4.1") && (b >> 29 & 1);
}

static const uint32_t constants[64] __attribute__((aligned(64))) = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

/// One message being hashed: the state in the order the instructions want it, and the blocks at hand.
typedef struct {
    __m128i abef, cdgh;
    const uint8_t *next;
    size_t blocks;
    bool in_padding, active;
    uint8_t *digest;
    uint8_t padding[128];
    size_t padding_blocks;
} lane_t;

/// Hashes `blocks` blocks of `width` lanes; `width` is a constant wherever this is inlined.
VECTOR INLINE void compress(lane_t *lanes, size_t width, size_t blocks) {
    const __m128i big_endian = _mm_set_epi64x(0x0c0d0e0f08090a0bll, 0x0405060700010203ll);
    __m128i abef[2], cdgh[2], words[2][4];
    for (size_t k = 0; k < width; k++) {
        abef[k] = lanes[k].abef;
        cdgh[k] = lanes[k].cdgh;
    }
    for (size_t block = 0; block < blocks; block++) {
        __m128i abef_before[2], cdgh_before[2];
        for (size_t k = 0; k < width; k++) {
            abef_before[k] = abef[k];
            cdgh_before[k] = cdgh[k];
            const __m128i *input = (const __m128i *)(lanes[k].next + 64 * block);
            for (int i = 0; i < 4; i++) words[k][i] = _mm_shuffle_epi8(_mm_loadu_si128(input + i), big_endian);
        }
#pragma clang loop unroll(full)
        for (int i = 0; i < 16; i++) {
            const __m128i constant = _mm_load_si128((const __m128i *)constants + i);
            for (size_t k = 0; k < width; k++) {
                __m128i *w = words[k];
                const __m128i input = _mm_add_epi32(w[i & 3], constant);
                cdgh[k] = _mm_sha256rnds2_epu32(cdgh[k], abef[k], input);
                abef[k] = _mm_sha256rnds2_epu32(abef[k], cdgh[k], _mm_shuffle_epi32(input, 0x0e));
                if (i < 12) {
                    __m128i word = _mm_sha256msg1_epu32(w[i & 3], w[(i + 1) & 3]);
                    word = _mm_add_epi32(word, _mm_alignr_epi8(w[(i + 3) & 3], w[(i + 2) & 3], 4));
                    w[i & 3] = _mm_sha256msg2_epu32(word, w[(i + 3) & 3]);
                }
            }
        }
        for (size_t k = 0; k < width; k++) {
            abef[k] = _mm_add_epi32(abef[k], abef_before[k]);
            cdgh[k] = _mm_add_epi32(cdgh[k], cdgh_before[k]);
        }
    }
    for (size_t k = 0; k < width; k++) {
        lanes[k].abef = abef[k];
        lanes[k].cdgh = cdgh[k];
        lanes[k].next += 64 * blocks;
        lanes[k].blocks -= blocks;
    }
}

VECTOR static void compress_one(lane_t *lane, size_t blocks) {
    compress(lane, 1, blocks);
}

VECTOR static void compress_two(lane_t *lanes, size_t blocks) {
    compress(lanes, 2, blocks);
}

VECTOR static void begin(lane_t *lane, const uint8_t *message, size_t length, uint8_t *digest) {
    lane->abef = _mm_set_epi32(0x6a09e667, (int)0xbb67ae85, 0x510e527f, (int)0x9b05688c);
    lane->cdgh = _mm_set_epi32(0x3c6ef372, (int)0xa54ff53a, 0x1f83d9ab, 0x5be0cd19);
    lane->next = message;
    lane->blocks = length / 64;
    lane->active = true;
    lane->in_padding = false;
    lane->digest = digest;
    const size_t rest = length % 64;
    lane->padding_blocks = rest < 56 ? 1 : 2;
    memset(lane->padding, 0, sizeof lane->padding);
    if (rest > 0) memcpy(lane->padding, message + length - rest, rest);
    lane->padding[rest] = 0x80;
    const uint64_t bits = (uint64_t)length * 8;
    for (size_t i = 0; i < 8; i++) lane->padding[64 * lane->padding_blocks - 1 - i] = (uint8_t)(bits >> (8 * i));
}

/// Moves on from a lane's last whole block to its padding, and from there to its digest.
VECTOR static void advance(lane_t *lane) {
    if (!lane->in_padding) {
        lane->in_padding = true;
        lane->next = lane->padding;
        lane->blocks = lane->padding_blocks;
        return;
    }
    const __m128i big_endian = _mm_set_epi64x(0x0c0d0e0f08090a0bll, 0x0405060700010203ll);
    // From (f e b a, h g d c) in memory order to (a b c d, e f g h).
    const __m128i feba = _mm_shuffle_epi32(lane->abef, 0x1b);
    const __m128i dchg = _mm_shuffle_epi32(lane->cdgh, 0xb1);
    const __m128i dcba = _mm_blend_epi16(feba, dchg, 0xf0);
    const __m128i hgfe = _mm_alignr_epi8(dchg, feba, 8);
    _mm_storeu_si128((__m128i *)lane->digest, _mm_shuffle_epi8(dcba, big_endian));
    _mm_storeu_si128((__m128i *)(lane->digest + 16), _mm_shuffle_epi8(hgfe, big_endian));
    lane->active = false;
}

VECTOR void sha256_many(const uint8_t *const *messages, const size_t *lengths, size_t count, uint8_t *digests) {
    lane_t lanes[2];
    lanes[0].active = lanes[1].active = false;
    size_t taken = 0;
    while (true) {
        for (size_t k = 0; k < 2; k++) {
            if (!lanes[k].active && taken < count) {
                begin(&lanes[k], messages[taken], lengths[taken], digests + 32 * taken);
                taken += 1;
            }
            while (lanes[k].active && lanes[k].blocks == 0) advance(&lanes[k]);
        }
        if (lanes[0].active && lanes[1].active) {
            compress_two(lanes, lanes[0].blocks < lanes[1].blocks ? lanes[0].blocks : lanes[1].blocks);
        } else if (lanes[0].active) {
            compress_one(&lanes[0], lanes[0].blocks);
        } else if (lanes[1].active) {
            compress_one(&lanes[1], lanes[1].blocks);
        } else if (taken == count) {
            return;
        }
    }
}

#else

bool sha256_many_is_supported(void) {
    return false;
}

void sha256_many(const uint8_t *const *messages, const size_t *lengths, size_t count, uint8_t *digests) {
    (void)messages;
    (void)lengths;
    (void)count;
    (void)digests;
}

#endif
