/** Builds the console into `dist/console`, from where the server serves it under `/console/`. */
import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { precompress } from "./precompress.js";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: here("."),
  base: "/console/",
  plugins: [react(), precompress()],
  build: {
    outDir: here("../../dist/console"),
    emptyOutDir: true,
    target: "es2023",
    // The page allows no data: scripts or styles, and a request more costs nothing here.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  // For work on the console: `npx vite web/console` beside a server on its default port.
  server: { proxy: { "/api": "http://127.0.0.1:8080", "/profileregistry": "http://127.0.0.1:8080" } },
});
