# SPDX-License-Identifier: Apache-2.0
"""Input data for the comparison: made once per run, the same for both programs."""

import base64
import hashlib
import json
import os
import random
import subprocess

import zstandard
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.poly1305 import Poly1305

WORDS = [random.Random(word).randbytes(random.Random(word).randint(2, 6)).hex().encode() for word in range(4000)]


def random_file(path, mebibytes):
    rng = random.Random(1)
    with open(path, "wb") as file:
        for _ in range(mebibytes):
            file.write(rng.randbytes(1 << 20))


def text_file(path, mebibytes):
    """Lines of words: compresses like logs and source, about 4 : 1."""
    rng = random.Random(2)
    with open(path, "wb") as file:
        written = 0
        while written < mebibytes << 20:
            block = b" ".join(rng.choices(WORDS, k=20_000)).replace(b" a", b"\n") + b"\n"
            file.write(block)
            written += len(block)
        file.truncate(mebibytes << 20)


def small_files(directory, count):
    rng = random.Random(3)
    for number in range(count):
        folder = os.path.join(directory, f"{number // 500:03}")
        if number % 500 == 0:
            os.makedirs(folder)
        with open(os.path.join(folder, f"file-{number:05}"), "wb") as file:
            file.write(rng.randbytes(rng.randint(100, 8000)))


def seal(key, plaintext):
    """IV ‖ AES-256-CTR ‖ Poly1305-AES, as the repository format defines it."""
    iv = os.urandom(16)
    encrypt = base64.b64decode(key["encrypt"])
    mac_k, mac_r = (base64.b64decode(key["mac"][part]) for part in "kr")
    cipher = Cipher(algorithms.AES(encrypt), modes.CTR(iv)).encryptor()
    text = cipher.update(plaintext) + cipher.finalize()
    nonce = Cipher(algorithms.AES(mac_k), modes.ECB()).encryptor()
    return iv + text + Poly1305.generate_tag(mac_r + nonce.update(iv) + nonce.finalize(), text)


def big_repository(path, restic, environment, blobs):
    """A repository whose index lists `blobs` blobs in 1,000-blob packs that no snapshot uses; only indexes are real."""
    subprocess.run([restic, "-r", path, "init"], env=environment, check=True, capture_output=True)
    key = json.loads(subprocess.run([restic, "-r", path, "cat", "masterkey"], env=environment, check=True, capture_output=True).stdout)
    compressor = zstandard.ZstdCompressor(level=3)
    rng = random.Random(4)
    for _ in range(blobs // 50_000):
        packs = []
        for _ in range(50):
            entries, offset = [], 0
            for _ in range(1000):
                length = rng.randint(300, 30_000)
                entries.append({"id": rng.randbytes(32).hex(), "type": "data", "offset": offset, "length": length,
                                "uncompressed_length": length * 2})
                offset += length
            packs.append({"id": rng.randbytes(32).hex(), "blobs": entries})
        text = json.dumps({"packs": packs}, separators=(",", ":")).encode() + b"\n"
        stored = seal(key, b"\x02" + compressor.compress(text))
        with open(os.path.join(path, "index", hashlib.sha256(stored).hexdigest()), "wb") as file:
            file.write(stored)
