// Puts a compressed form beside each file of the build that gains by it: the server sends that to who takes it.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const dist = new URL("../dist", import.meta.url).pathname;
for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile() || !/\.(js|css|html|svg)$/.test(entry.name)) continue;
  const file = join(entry.parentPath, entry.name);
  const whole = readFileSync(file);
  const small = gzipSync(whole, { level: 9 });
  if (small.length < 0.9 * whole.length) writeFileSync(`${file}.gz`, small);
}
