import { useMutation } from "@tanstack/react-query";
import { useCallback, useState } from "react";
import { useLocation } from "wouter";
import { client, isCode } from "../api/client.js";
import { changedSections } from "../profile/changes.js";
import { changesOf, type Draft, emptyDraft } from "../profile/draft.js";
import { useKeptDraft } from "../profile/drafts.js";
import { reasonsFor, SECTIONS } from "../profile/field-errors.js";
import { ProfileForm } from "../profile/profile-form.js";
import { SaveBar } from "../profile/save-bar.js";
import { useServerCheck } from "../profile/use-server-check.js";
import { useRememberRegistry } from "../shell/last-registry.js";
import { newProfilePath, profilePath, registriesPath, registryPath } from "../shell/paths.js";
import { useQueryState } from "../shell/use-query-state.js";
import { Field } from "../ui/field.js";
import { notify, notifyError } from "../ui/notices.js";
import { Page } from "../ui/page.js";

const EMPTY = emptyDraft();

export default function NewProfileView({ registry }: { registry: string }) {
  useRememberRegistry(registry);
  const [, navigate] = useLocation();
  const [part] = useQueryState("part", "general");
  const section = SECTIONS.find((one) => one === part) ?? "general";
  const [slug, setSlug] = useState("");
  const [kept, keep] = useKeptDraft(`${registry}/`);
  const draft = kept?.draft ?? EMPTY;
  const update = (change: (draft: Draft) => Draft): void => {
    keep((now) => ({ draft: change(now?.draft ?? EMPTY), base: EMPTY, baseVersion: 0 }));
  };
  const attempt = useCallback(
    (checked: Draft, signal: AbortSignal) =>
      client.createProfile({ slug, ...changesOf(checked) }, { registry, validateOnly: true, signal }),
    [slug, registry],
  );
  const check = useServerCheck(slug === "" ? kept?.draft : draft, attempt);
  const create = useMutation({
    mutationFn: () => client.createProfile({ slug, ...changesOf(draft) }, { registry }),
    onSuccess: (profile) => {
      keep(() => undefined);
      notify(`${profile.slug} was made`);
      navigate(profilePath(registry, profile.slug));
    },
    onError: notifyError,
  });
  const changed = changedSections(EMPTY, draft);
  const taken = isCode(check.error, "already_exists") ? ["There is a profile of this name already."] : [];
  return (
    <Page
      title="New profile"
      crumbs={[
        { label: "Registries", href: registriesPath() },
        { label: registry, href: registryPath(registry) },
        { label: "New profile" },
      ]}
    >
      <ProfileForm
        section={section}
        hrefOf={(one) =>
          one === "general" ? newProfilePath(registry) : `${newProfilePath(registry)}?part=${one}`
        }
        changed={changed}
        draft={draft}
        update={update}
        violations={check.violations}
        readOnly={false}
        before={
          <div className="form-width">
            <Field
              label="Slug"
              hint="Its name for programs: a-z, 0-9, and . _ - inside. It cannot be changed later."
              errors={[...(slug === "" ? [] : reasonsFor(check.violations, "profile.slug")), ...taken]}
            >
              <input
                className="input mono"
                value={slug}
                autoComplete="off"
                spellCheck={false}
                onChange={({ target }) => setSlug(target.value)}
              />
            </Field>
          </div>
        }
      />
      <SaveBar
        changed={slug !== "" && changed.length === 0 ? ["general"] : changed}
        check={check}
        label="Create profile"
        saving={create.isPending}
        onSave={() => create.mutate()}
        onDiscard={() => {
          keep(() => undefined);
          setSlug("");
        }}
      />
    </Page>
  );
}
