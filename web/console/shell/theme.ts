/** Light, dark, or as the system has it; kept in this browser. */
import { useSyncExternalStore } from "react";

export type Theme = "light" | "dark";
const KEY = "profile-registry-theme";
const system = window.matchMedia("(prefers-color-scheme: dark)");
const listeners = new Set<() => void>();

function kept(): Theme | undefined {
  const value = readKept();
  return value === "light" || value === "dark" ? value : undefined;
}

/** Browsers may forbid storage. */
function readKept(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

export function applyTheme(theme: Theme | undefined = kept()): void {
  if (theme) document.documentElement.dataset.theme = theme;
}

export function setTheme(theme: Theme): void {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // Then it lasts as long as the page.
  }
  applyTheme(theme);
  for (const listener of listeners) listener();
}

function current(): Theme {
  const set = document.documentElement.dataset.theme;
  return set === "light" || set === "dark" ? set : system.matches ? "dark" : "light";
}

export function useTheme(): Theme {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    system.addEventListener("change", listener);
    return () => {
      listeners.delete(listener);
      system.removeEventListener("change", listener);
    };
  }, current);
}
