import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// The server that `vite dev` hands requests on to.
const server = process.env.DATA_FORGE_SERVER ?? "http://127.0.0.1:8080";
const handedOn = ["/api", "/objects", "/healthz", "/readyz", "/openapi.json", "/docs"];

export default defineConfig({
  plugins: [react()],
  server: { proxy: Object.fromEntries(handedOn.map((path) => [path, { target: server }])) },
  build: {
    target: "es2022",
    // These have `light-dark()`; for older ones it would be rewritten in a way that does not know our themes.
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    manifest: true,
    // Nothing inline: the content security policy allows no data for scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  test: { environment: "jsdom", setupFiles: "src/testing.ts", css: false },
});
