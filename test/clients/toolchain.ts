/** What a test needs of the machine, and how it tells that something is missing. */
import { shell } from "./shell.js";

/** Name of a tool to a command that succeeds where it is there. */
export type Tools = Readonly<Record<string, string>>;

/** The first tool that is missing. */
export async function missingTool(tools: Tools): Promise<string | undefined> {
  for (const [name, command] of Object.entries(tools)) {
    const { code } = await shell(command);
    if (code !== 0) return name;
  }
  return undefined;
}

const NETWORK_FAILURES = [
  /no such host|name resolution|name or service not known|unknown ?host|could not resolve host/i,
  /connection refused|connection reset|network is unreachable|no route to host/i,
  /timed out|i\/o timeout|TLS handshake timeout|proxyerror|proxyconnect/i,
  /disabled by GOPROXY=off|in offline mode/i,
];

/** The line of a tool's output that says that packages cannot be fetched from here. */
export function networkFailure(output: string): string | undefined {
  return output
    .split("\n")
    .find((line) => NETWORK_FAILURES.some((pattern) => pattern.test(line)))
    ?.trim();
}
