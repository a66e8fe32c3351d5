// SPDX-License-Identifier: Apache-2.0

#include "CVectorKernels.h"

// The positions are split into 64 lanes of equal length that are searched in step: vector `s[j]` holds byte `j` of each lane's
// digest, shifted left by 3 so that its 53 bits fill 7 bytes and the byte to be shifted out is exactly `s[6]`. Multiplying a
// byte by a constant modulo the polynomial is linear over GF(2), so each byte of the product is one GF2P8AFFINEQB. Shifting a
// digest by a byte costs nothing: the vectors change names.

#if defined(__x86_64__)

#include <immintrin.h>

#define VECTOR __attribute__((target("avx512f,avx512bw,gfni")))
#define TIMES(bytes, matrix) _mm512_gf2p8affine_epi64_epi8((bytes), (matrix), 0)
#define XOR3(a, b, c) _mm512_ternarylogic_epi64((a), (b), (c), 0x96)

bool rolling_search_is_supported(void) {
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("gfni");
}

/// Reads 16 bytes of each lane and transposes them: vector `t` gets byte `t` of all lanes, in lane order.
VECTOR static inline void read_tile(const uint8_t *at, size_t stride, __m512i tile[16]) {
    __m512i a[16], b[16];
    for (int row = 0; row < 16; row++) {
        const uint8_t *lane = at + row * stride;
        __m512i lanes = _mm512_castsi128_si512(_mm_loadu_si128((const __m128i *)lane));
        lanes = _mm512_mask_broadcast_i32x4(lanes, 0x00f0, _mm_loadu_si128((const __m128i *)(lane + 16 * stride)));
        lanes = _mm512_mask_broadcast_i32x4(lanes, 0x0f00, _mm_loadu_si128((const __m128i *)(lane + 32 * stride)));
        lanes = _mm512_mask_broadcast_i32x4(lanes, 0xf000, _mm_loadu_si128((const __m128i *)(lane + 48 * stride)));
        a[row] = lanes;
    }
    // Four perfect shuffles of 16 rows transpose each quarter.
    for (int i = 0; i < 8; i++) {
        b[2 * i] = _mm512_unpacklo_epi8(a[i], a[i + 8]);
        b[2 * i + 1] = _mm512_unpackhi_epi8(a[i], a[i + 8]);
    }
    for (int i = 0; i < 8; i++) {
        a[2 * i] = _mm512_unpacklo_epi8(b[i], b[i + 8]);
        a[2 * i + 1] = _mm512_unpackhi_epi8(b[i], b[i + 8]);
    }
    for (int i = 0; i < 8; i++) {
        b[2 * i] = _mm512_unpacklo_epi8(a[i], a[i + 8]);
        b[2 * i + 1] = _mm512_unpackhi_epi8(a[i], a[i + 8]);
    }
    for (int i = 0; i < 8; i++) {
        tile[2 * i] = _mm512_unpacklo_epi8(b[i], b[i + 8]);
        tile[2 * i + 1] = _mm512_unpackhi_epi8(b[i], b[i + 8]);
    }
}

VECTOR size_t rolling_search(const uint8_t *start, size_t lane_blocks, const uint64_t *matrices, uint64_t *bitmap) {
    __m512i shifted_out[7], leaving[7], s[7], window[ROLLING_BLOCK];
    for (int j = 0; j < 7; j++) {
        shifted_out[j] = _mm512_set1_epi64((long long)matrices[j]);
        leaving[j] = _mm512_set1_epi64((long long)matrices[7 + j]);
        s[j] = _mm512_setzero_si512();
    }
    const __m512i entering0 = _mm512_set1_epi64((long long)matrices[14]);
    const __m512i entering1 = _mm512_set1_epi64((long long)matrices[15]);
    // The low 20 bits of a digest: bits 3 to 22 of the shifted one.
    const __m512i mask0 = _mm512_set1_epi8((char)0xf8);
    const __m512i mask2 = _mm512_set1_epi8(0x7f);
    for (int t = 0; t < ROLLING_BLOCK; t++) window[t] = _mm512_setzero_si512();

    const size_t stride = lane_blocks * ROLLING_BLOCK;
    const size_t none = ROLLING_LANES * stride;
    size_t first = none;
    // Block 0 fills the windows from the 64 bytes before each lane; its digests are of no position.
    for (size_t block = 0; block <= lane_blocks; block++) {
        for (size_t tile = 0; tile < 4; tile++) {
            __m512i bytes[16];
            read_tile(start - ROLLING_BLOCK + block * ROLLING_BLOCK + tile * 16, stride, bytes);
            for (size_t t = 0; t < 16; t++) {
                const size_t step = tile * 16 + t;
                const __m512i low =
                    _mm512_or_si512(_mm512_ternarylogic_epi64(s[0], mask0, s[1], 0xea), _mm512_and_si512(s[2], mask2));
                __mmask64 found = _mm512_testn_epi8_mask(low, low);
                if (__builtin_expect(found != 0 && block > 0, 0)) {
                    for (; found != 0; found &= found - 1) {
                        const size_t position =
                            (size_t)__builtin_ctzll(found) * stride + (block - 1) * ROLLING_BLOCK + step;
                        if (position < first) first = position;
                        if (bitmap) bitmap[position / 64] |= 1ull << (position % 64);
                    }
                }
                const __m512i top = s[6], gone = window[step];
                for (int j = 6; j > 1; j--) s[j] = XOR3(s[j - 1], TIMES(top, shifted_out[j]), TIMES(gone, leaving[j]));
                const __m512i next1 = _mm512_xor_si512(s[0], TIMES(bytes[t], entering1));
                s[1] = XOR3(next1, TIMES(top, shifted_out[1]), TIMES(gone, leaving[1]));
                s[0] = XOR3(TIMES(bytes[t], entering0), TIMES(top, shifted_out[0]), TIMES(gone, leaving[0]));
                window[step] = bytes[t];
            }
        }
    }
    return first;
}

#else

bool rolling_search_is_supported(void) {
    return false;
}

size_t rolling_search(const uint8_t *start, size_t lane_blocks, const uint64_t *matrices, uint64_t *bitmap) {
    (void)start;
    (void)matrices;
    (void)bitmap;
    return (size_t)ROLLING_LANES * ROLLING_BLOCK * lane_blocks;
}

#endif
