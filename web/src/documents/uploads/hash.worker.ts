import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";

// SHA-256 of a file, a piece at a time: `crypto.subtle` wants it whole, and a file may have 2 GiB.
self.onmessage = async ({ data: { id, file } }: MessageEvent<{ id: number; file: File }>) => {
  try {
    const hash = sha256.create();
    const reader = file.stream().getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      hash.update(value);
    }
    self.postMessage({ id, sha256: bytesToHex(hash.digest()) });
  } catch (error) {
    self.postMessage({ id, error: String(error) });
  }
};
