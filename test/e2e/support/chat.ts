/** The example chat over a program, and what people do on its page. */
import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { FrameLocator, Page } from "playwright-core";
import { afterAll, beforeAll } from "vitest";
import type { Program } from "./program.js";

interface ChatServer {
  server: Server;
  /** Reports what outcomes there still are. */
  close(): Promise<void>;
}

/** It has no types of its own. */
const MODULE = new URL("../../../examples/chat/chat-server.mjs", import.meta.url).href;

/** One for all tests of a `describe`; returns its address. */
export function sharedChat(program: Program): () => string {
  let chat: ChatServer | undefined;
  let url = "";
  beforeAll(async () => {
    const { createChatServer } = (await import(MODULE)) as {
      createChatServer(options: { registry: string }): ChatServer;
    };
    chat = createChatServer({ registry: program.url() });
    chat.server.listen(0, "127.0.0.1");
    await once(chat.server, "listening");
    url = `http://127.0.0.1:${(chat.server.address() as AddressInfo).port}`;
  });
  afterAll(() => chat?.close());
  return () => url;
}

/** What the chat answered: its text, and what it says of the runtime, such as `inventory v1 · new runtime`. */
export interface Answer {
  text: string;
  note: string;
}

/** A page of the chat, or the frame that shows one. */
type ChatPage = Page | FrameLocator;

/** Sends a message and waits for what comes back: an answer, or a refusal, which has no note. */
export async function say(page: ChatPage, text: string): Promise<Answer> {
  const message = page.getByRole("textbox", { name: "Your message" });
  await message.fill(text);
  await message.press("Enter");
  return answered(page);
}

/** What came back last, once nothing is awaited any more. */
export async function answered(page: ChatPage): Promise<Answer> {
  const last = page.locator("#turns > p:last-child:is(.service, .refused):not(.waiting)");
  await last.waitFor();
  const [text = "", note = ""] = (await last.innerText()).split("\n");
  return { text, note };
}

/** The button of the selector, when it names this profile. */
export function selected(page: ChatPage, name: string) {
  return page.getByRole("button", { name: `Profile ${name}`, exact: true });
}

/** With the pointer. */
export async function choose(page: ChatPage, name: string): Promise<void> {
  await page.getByRole("button", { name: /^Profile / }).click();
  await page.getByRole("option", { name }).click();
  await selected(page, name).waitFor();
}

/** The pages of the browser are looked at again, as when a laptop is opened. */
export async function lookAgain(page: Page): Promise<void> {
  await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
}

/** The text of the selector's notice. */
export function notice(page: ChatPage, text: string | RegExp) {
  return page.locator("profile-selector").getByRole("status").filter({ hasText: text });
}
