/** A request of the resolve view as other clients send it. */
import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";
import { copyAs } from "../../../web/console/resolve/copy-as.js";

const ORIGIN = "http://127.0.0.1:8080";
const body = {
  profile: "support",
  overrides: { system_prompt: 'It\'s $HOME `id`\n"quoted"' },
  deployment: "cloud",
  prompt: "Hi",
};

/** The arguments that a shell would hand to the program. */
function argumentsOf(command: string): string[] {
  const script = command.replace(/^\w+/, 'printf "%s\\0"');
  return execFileSync("sh", ["-c", script]).toString().split("\0").slice(0, -1);
}

it("gives curl the body, whatever is in it", () => {
  const given = argumentsOf(copyAs("curl", body, ORIGIN));
  expect(JSON.parse(given.at(-1) ?? "")).toEqual(body);
  expect(given).toContain(`${ORIGIN}/api/chat/resolve`);
});

it("gives grpcurl what the message has, and only that", () => {
  const given = argumentsOf(copyAs("grpcurl", body, ORIGIN));
  expect(JSON.parse(given[given.indexOf("-d") + 1] ?? "")).toEqual({
    profile: "support",
    request_overrides: body.overrides,
    deployment: "DEPLOYMENT_CLOUD",
  });
  expect(given.slice(-2)).toEqual(["127.0.0.1:8080", "profileregistry.v1.ResolverService/ResolveProfile"]);
  expect(given).toContain("-plaintext");
  expect(argumentsOf(copyAs("grpcurl", body, "https://chat.example.org"))).not.toContain("-plaintext");
});

it("gives TypeScript an object that holds the same", () => {
  const [, literal = ""] =
    /client\.resolve\((\{[\s\S]*?\n\})\);/.exec(copyAs("TypeScript", body, ORIGIN)) ?? [];
  expect(JSON.parse(literal)).toEqual(body);
});
