import { defineConfig } from "vitest/config";

export default defineConfig({
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: "../query_api/static",
    emptyOutDir: true,
    target: "es2022",
    // Data URLs would need a wider content security policy than the server sends.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  // A worker, too, fetches some of its parts only when it needs them.
  worker: { format: "es" },
  server: { proxy: { "/api": process.env.RUNTIDE_URL ?? "http://127.0.0.1:8300" } },
  test: { include: ["test/**/*.test.ts"], setupFiles: ["test/setup.ts"] },
});
