/**
 * Takes the pictures of docs/console.md: `node web/screenshots.mjs` after `npm run build`. Starts a server of its own in memory,
 * fills it, and writes docs/images/console-VIEW.png. CHROMIUM names the browser (default /usr/bin/chromium).
 */
import { spawn } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const IMAGES = here("../docs/images");
const SIZE = { width: 1280, height: 800 };

const VIEWS = [
  ["profiles", "/registries/default"],
  ["prompt", "/registries/default/profiles/support/prompt"],
  ["middlewares", "/registries/default/profiles/support/middlewares"],
  ["history", "/registries/default/profiles/support/history"],
  ["resolve", "/resolve?registry=default&profile=support"],
  ["rollout", "/registries/default/rollouts/fast"],
  ["log", "/log"],
];

const server = spawn(process.execPath, [here("../dist/src/main.js"), "serve", "--port", "0"], {
  env: {},
  stdio: ["ignore", "pipe", "inherit"],
});
try {
  const url = await listening(server);
  await fill(`${url}/api/chat`);
  await mkdir(IMAGES, { recursive: true });
  await takeAll(`${url}/console`);
} finally {
  server.kill("SIGTERM");
}

async function listening({ stdout }) {
  for await (const line of createInterface(stdout)) {
    const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(line) ?? [];
    if (url !== undefined) {
      stdout.resume();
      return url;
    }
  }
  throw new Error("the server ended before it listened");
}

async function takeAll(console_) {
  // Root, which containers run as, has no sandbox.
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    chromiumSandbox: false,
  });
  try {
    for (const [name, path] of VIEWS) {
      const page = await browser.newPage({ viewport: SIZE, deviceScaleFactor: 1 });
      await page.goto(console_ + path, { waitUntil: "load" });
      await page.waitForTimeout(1_500);
      await page.screenshot({ path: `${IMAGES}/console-${name}.png` });
      await page.close();
    }
  } finally {
    await browser.close();
  }
}

async function fill(api) {
  const write = async (method, path, body) => {
    const answer = await fetch(api + path, {
      method,
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${await answer.text()}`);
  };
  const prompt = "You help the customers of a shop.\n\nBe brief. Ask for the order number first.";
  const runtime = {
    system_prompt: prompt,
    tools: ["orders.search", "orders.refund"],
    middlewares: [
      { name: "agentmode", id: "mode", config: { default_mode: "helper" } },
      { name: "sqlite", id: "orders", config: { dsn: "file:orders.db", max_rows: 50 } },
    ],
    step_settings_patch: { "ai-chat": { "ai-engine": "large", temperature: 0.2 } },
  };
  await write("POST", "/profiles", {
    slug: "support",
    display_name: "Customer support",
    description: "Answers questions about orders and returns.",
    runtime,
    policy: { allow_overrides: true, denied_override_keys: ["tools"] },
    metadata: { tags: ["shop"] },
  });
  for (const line of ["Never promise a date.", "Thank the customer at the end."]) {
    await write("PATCH", "/profiles/support", {
      runtime: { ...runtime, system_prompt: `${prompt}\n${line}` },
    });
  }
  for (const [slug, display_name] of [
    ["fast-v1", "Fast answers"],
    ["research", "Research"],
    ["translator", "Translator"],
  ]) {
    const step_settings_patch = { "ai-chat": { "ai-engine": "small" } };
    await write("POST", "/profiles", { slug, display_name, runtime: { step_settings_patch } });
  }
  await write("PATCH", "/registries/default", { processing_modes: { fast: { profiles: ["fast-v1"] } } });
  await write("PATCH", "/rollouts/fast", { contract_enabled: true, runtime_enabled: true });
  await write("POST", "/rollouts/fast/advance", {});
  await write("POST", "/rollouts/outcomes", { outcomes: Array.from({ length: 480 }, outcome) });
}

/** Every second one of the mode, which is faster; spread by place in the row, so that pictures come out alike. */
function outcome(_, i) {
  const mode = i % 2 === 0 ? "fast" : "default";
  const spread = Math.exp(0.5 * Math.sin(i * 12.9898) + 0.4 * Math.sin(i * 78.233));
  return {
    mode: "fast",
    resolved_mode: mode,
    applied_mode: mode,
    deployment: i % 5 === 0 ? "cloud" : "local",
    latency_ms: Math.round((mode === "fast" ? 420 : 760) * spread),
    success: i % 97 !== 0,
  };
}
