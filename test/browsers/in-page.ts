/** What pages are made to send. */
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { Frame, Page } from "playwright-core";
import type { CallRpcText, RpcCall, RpcOutcome } from "./rpc-page.js";

export interface Sent {
  method?: string;
  headers?: Record<string, string>;
  /** Sent as JSON with its content type, which makes a page on another origin ask first. */
  json?: unknown;
  /** Sent as it is: `text/plain` unless a header says otherwise. */
  text?: string;
  /** Sent as a form: `multipart/form-data`. */
  form?: Record<string, string>;
  mode?: "cors" | "no-cors";
  keepalive?: boolean;
}

/** What the page got to see. */
export interface Seen {
  /** `opaque`: sent, but nothing of the answer can be seen. `failed`: nothing came back, or the browser withholds it. */
  type: "readable" | "opaque" | "failed";
  status?: number;
  headers?: Record<string, string>;
  text?: string;
}

/** With credentials, as a chat's page does. */
export function send(page: Page | Frame, url: string, sent: Sent = {}): Promise<Seen> {
  return page.evaluate(
    async ({ url, sent: { json, text, form, headers, ...init } }): Promise<Seen> => {
      const fields = new FormData();
      for (const [name, value] of Object.entries(form ?? {})) fields.set(name, value);
      const body = json !== undefined ? JSON.stringify(json) : (text ?? (form === undefined ? null : fields));
      const ofJson = json === undefined ? {} : { "content-type": "application/json" };
      try {
        const answer = await fetch(url, {
          ...init,
          credentials: "include",
          headers: { ...ofJson, ...headers },
          body,
        });
        if (answer.type === "opaque") return { type: "opaque" };
        const { status } = answer;
        return {
          type: "readable",
          status,
          headers: Object.fromEntries(answer.headers),
          text: await answer.text(),
        };
      } catch {
        return { type: "failed" };
      }
    },
    { url, sent },
  );
}

export function jsonOf({ text }: Seen): unknown {
  return JSON.parse(text ?? "");
}

let bundle: Promise<string> | undefined;

/** Calls the service with connect-web in the page. */
export async function call(page: Page | Frame, rpc: RpcCall): Promise<RpcOutcome> {
  bundle ??= bundleOf("./rpc-page.ts");
  if ((await page.evaluate("typeof callRpcText")) === "undefined") await page.evaluate(await bundle);
  const outcome = await page.evaluate(
    (text) => (globalThis as unknown as { callRpcText: CallRpcText }).callRpcText(text),
    JSON.stringify(rpc),
  );
  return JSON.parse(outcome) as RpcOutcome;
}

async function bundleOf(file: string): Promise<string> {
  const entry = fileURLToPath(new URL(file, import.meta.url));
  const { outputFiles } = await build({ entryPoints: [entry], bundle: true, format: "iife", write: false });
  return outputFiles[0]?.text ?? "";
}
