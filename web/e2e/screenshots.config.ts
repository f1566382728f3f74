import { defineConfig } from "vitest/config";

// Makes the pictures of the README anew: no test, but all that tests need.
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ["screenshots.ts"],
    testTimeout: 600_000,
    hookTimeout: 120_000,
  },
});
