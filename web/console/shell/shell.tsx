import { type ReactNode, useEffect, useState } from "react";
import { useLocation } from "wouter";
import { Button } from "../ui/button.js";
import { Notices } from "../ui/notices.js";
import { Sidebar } from "./sidebar.js";

/** The frame around every view; below 860 px the navigation slides in. */
export function Shell({ children }: { children: ReactNode }) {
  const [open, setOpen] = useState(false);
  const [path] = useLocation();
  // biome-ignore lint/correctness/useExhaustiveDependencies: where a link of it led, it is no longer wanted
  useEffect(() => setOpen(false), [path]);
  useEffect(() => {
    if (!open) return;
    const close = (event: KeyboardEvent) => event.key === "Escape" && setOpen(false);
    window.addEventListener("keydown", close);
    return () => window.removeEventListener("keydown", close);
  }, [open]);
  return (
    <div className="shell">
      <button type="button" className="skip-link" onClick={() => document.getElementById("main")?.focus()}>
        Skip to content
      </button>
      <Sidebar open={open} />
      {open && (
        <button
          type="button"
          className="scrim"
          aria-label="Close navigation"
          onClick={() => setOpen(false)}
        />
      )}
      <div className="main">
        <header className="topbar">
          <Button
            look="ghost"
            icon="menu"
            aria-label="Navigation"
            aria-expanded={open}
            aria-controls="sidebar"
            onClick={() => setOpen(!open)}
          />
          <span className="strong">Profile Registry</span>
        </header>
        {children}
      </div>
      <Notices />
    </div>
  );
}
