import { useEffect, useRef } from "react";
import { Link } from "wouter";
import { profilePath } from "../shell/paths.js";
import { SECTIONS, type Section } from "./field-errors.js";

export const SECTION_TITLES: Record<Section, string> = {
  general: "General",
  prompt: "Prompt",
  middlewares: "Middlewares",
  tools: "Tools",
  settings: "Settings",
  policy: "Policy",
  extensions: "Extensions",
  json: "JSON",
};

export interface SectionsNavProps {
  section: Section;
  hrefOf: (section: Section) => string;
  changed: readonly Section[];
  errors: ReadonlyMap<Section, number>;
  counts: Partial<Record<Section, number>>;
}

export function SectionsNav({ section, hrefOf, changed, errors, counts }: SectionsNavProps) {
  const nav = useRef<HTMLElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: narrow screens show some of them at a time
  useEffect(() => {
    const current = nav.current?.querySelector("[aria-current]");
    if (nav.current && current instanceof HTMLElement) {
      nav.current.scrollLeft = current.offsetLeft - (nav.current.clientWidth - current.offsetWidth) / 2;
    }
  }, [section]);
  return (
    <nav className="sections" aria-label="Parts of the profile" ref={nav}>
      {SECTIONS.map((one) => (
        <Link
          key={one}
          className="nav-link"
          href={hrefOf(one)}
          replace
          aria-current={one === section ? "page" : undefined}
        >
          <span className="grow">{SECTION_TITLES[one]}</span>
          {(counts[one] ?? 0) > 0 && <span className="small faint">{counts[one]}</span>}
          {changed.includes(one) && <span className="dot" title="Changed" />}
          {(errors.get(one) ?? 0) > 0 && (
            <span className="badge danger" title="Errors">
              {errors.get(one)}
            </span>
          )}
        </Link>
      ))}
    </nav>
  );
}

export function profileSectionPath(registry: string, slug: string) {
  return (section: Section): string =>
    profilePath(registry, slug, section === "general" ? undefined : section);
}
