import { defineConfig } from "vite";

/** One file that a notebook's kernel sends along: it may load nothing further. */
export default defineConfig({
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  define: { "process.env.NODE_ENV": '"production"' },
  build: {
    outDir: "../runtide/widget/static",
    emptyOutDir: true,
    target: "es2022",
    copyPublicDir: false,
    lib: { entry: "widget/index.tsx", formats: ["es"], fileName: () => "widget.js" },
    rolldownOptions: { output: { codeSplitting: false } },
  },
});
