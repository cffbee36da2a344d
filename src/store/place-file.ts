/** Files that are there whole or not at all, whatever happens while they are written. */
import { randomUUID } from "node:crypto";
import { link, open, realpath, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";

type Content = string | Uint8Array | AsyncIterable<Uint8Array>;

/** Makes a file with exactly these permissions. Fails with EEXIST, and changes nothing, where something is at the path. */
export function createFile(path: string, content: Content, mode: number): Promise<void> {
  return place(path, content, mode, link);
}

/** Makes a file, or puts it in the place of another; a symbolic link stays one. */
export async function replaceFile(path: string, content: Content, mode: number): Promise<void> {
  const target = await realpath(path).catch(() => path);
  await place(target, content, mode, rename);
}

async function place(
  path: string,
  content: Content,
  mode: number,
  move: (from: string, to: string) => Promise<void>,
): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    const file = await open(temporary, "wx", 0o600);
    try {
      await writeFile(file, content);
      // Not at opening: the process's mask would take permissions away.
      await file.chmod(mode);
      await file.sync();
    } finally {
      await file.close();
    }
    await move(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
  await syncDirectory(dirname(path));
}

/** A name is durable when its directory is. Some file systems cannot say so of a directory. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, "r").catch(() => undefined);
  try {
    await directory?.sync();
  } catch {
    // The content is safe all the same.
  } finally {
    await directory?.close();
  }
}
