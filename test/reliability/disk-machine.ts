/** What this machine lets a test do to a server's disk. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "vitest";

interface SmallDisk extends Disposable {
  path(name: string): string;
}

/** Mounts a disk in memory that ends with the test, which is skipped where this may not be done. */
export function smallDisk(context: TestContext, megabytes: number): SmallDisk {
  const directory = mkdtempSync(join(tmpdir(), "profile-registry-disk-"));
  const remove = (): void => rmSync(directory, { recursive: true, force: true });
  attempt(context, "mount", ["-t", "tmpfs", "-o", `size=${megabytes}m`, "tmpfs", directory], remove);
  return {
    path: (name) => join(directory, name),
    [Symbol.dispose]() {
      execFileSync("umount", ["--lazy", directory]);
      remove();
    },
  };
}

/** From now on no file of that process may grow beyond `bytes`; `unlimited` lifts that again. */
export function limitFileSize(context: TestContext, pid: number, bytes: number | "unlimited"): void {
  attempt(context, "prlimit", ["--pid", String(pid), `--fsize=${bytes}:`]);
}

/** Makes files so that not even root may change them, until `Symbol.dispose`. */
export function makeImmutable(context: TestContext, files: readonly string[]): Disposable {
  const undo = (): void => {
    execFileSync("chattr", ["-i", ...files]);
  };
  attempt(context, "chattr", ["+i", ...files]);
  return { [Symbol.dispose]: undo };
}

function attempt(
  context: TestContext,
  command: string,
  args: readonly string[],
  otherwise = (): void => {},
): void {
  try {
    execFileSync(command, args, { stdio: "pipe" });
  } catch (error) {
    otherwise();
    context.skip(`this machine does not let the test use ${command}: ${(error as Error).message}`);
  }
}
