/** The parts of a profile, one of them in sight; the same for a new one and for one that is there. */
import type { ReactNode } from "react";
import type { Draft } from "./draft.js";
import { type Section, sectionOf } from "./field-errors.js";
import type { SectionProps } from "./section-props.js";
import { ExtensionsSection } from "./sections/extensions-section.js";
import { GeneralSection } from "./sections/general-section.js";
import { JsonSection } from "./sections/json-section.js";
import { MiddlewaresSection } from "./sections/middlewares-section.js";
import { PolicySection } from "./sections/policy-section.js";
import { PromptSection } from "./sections/prompt-section.js";
import { SettingsSection } from "./sections/settings-section.js";
import { ToolsSection } from "./sections/tools-section.js";
import { SECTION_TITLES, SectionsNav } from "./sections-nav.js";

const PARTS: Record<Section, (props: SectionProps) => ReactNode> = {
  general: GeneralSection,
  prompt: PromptSection,
  middlewares: MiddlewaresSection,
  tools: ToolsSection,
  settings: SettingsSection,
  policy: PolicySection,
  extensions: ExtensionsSection,
  json: JsonSection,
};

export interface ProfileFormProps extends SectionProps {
  section: Section;
  hrefOf: (section: Section) => string;
  changed: readonly Section[];
  /** Above the fields of the general part. */
  before?: ReactNode;
}

export function ProfileForm({ section, hrefOf, changed, before, ...props }: ProfileFormProps) {
  const Part = PARTS[section];
  const errors = new Map<Section, number>();
  for (const { field } of props.violations) {
    errors.set(sectionOf(field), (errors.get(sectionOf(field)) ?? 0) + 1);
  }
  return (
    <div className="profile-form">
      <SectionsNav
        section={section}
        hrefOf={hrefOf}
        changed={changed}
        errors={errors}
        counts={countsOf(props.draft)}
      />
      <section className="stack" aria-label={SECTION_TITLES[section]}>
        {section === "general" && before}
        <Part {...props} />
      </section>
    </div>
  );
}

function countsOf({ runtime, extensions }: Draft): Partial<Record<Section, number>> {
  return {
    middlewares: runtime.middlewares.length,
    tools: runtime.tools.length,
    settings: Object.keys(runtime.step_settings_patch).length,
    extensions: Object.keys(extensions).length,
  };
}
