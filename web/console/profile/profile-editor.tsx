import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useCallback, useMemo, useState } from "react";
import { type ProfileDocument, ProfileRegistryError } from "../../client/index.js";
import { client, isCode } from "../api/client.js";
import { profileQuery } from "../api/queries.js";
import { equalJson } from "../json/json.js";
import { Button } from "../ui/button.js";
import { Icon } from "../ui/icon.js";
import { DefaultMark, ReadOnlyMark } from "../ui/marks.js";
import { notify, notifyError } from "../ui/notices.js";
import { type Crumb, Page } from "../ui/page.js";
import { Time } from "../ui/time.js";
import { changedSections } from "./changes.js";
import { ConflictDialog } from "./conflict/conflict-dialog.js";
import { changesOf, type Draft, draftOf } from "./draft.js";
import { useKeptDraft } from "./drafts.js";
import type { Section } from "./field-errors.js";
import { ProfileActions } from "./profile-actions.js";
import { ProfileForm } from "./profile-form.js";
import { SaveBar } from "./save-bar.js";
import { profileSectionPath } from "./sections-nav.js";
import { useServerCheck } from "./use-server-check.js";

export interface ProfileEditorProps {
  document: ProfileDocument;
  section: Section;
  crumbs: readonly Crumb[];
}

export function ProfileEditor({ document, section, crumbs }: ProfileEditorProps) {
  const { registry, slug, metadata } = document;
  const queries = useQueryClient();
  const [kept, keep] = useKeptDraft(`${registry}/${slug}`);
  const [merging, setMerging] = useState(false);
  const stored = useMemo(() => draftOf(document), [document]);
  const draft = kept?.draft ?? stored;
  const base = kept?.base ?? stored;
  const baseVersion = kept?.baseVersion ?? metadata.version;
  const readOnly = document.policy.read_only;

  const update = useCallback(
    (change: (draft: Draft) => Draft): void =>
      keep((now = { draft: stored, base: stored, baseVersion: metadata.version }) => {
        const next = change(now.draft);
        return equalJson(next, now.base) ? undefined : { ...now, draft: next };
      }),
    [keep, stored, metadata.version],
  );
  const attempt = useCallback(
    (checked: Draft, signal: AbortSignal) =>
      client.updateProfile({ slug, registry, version: baseVersion }, changesOf(checked), {
        validateOnly: true,
        signal,
      }),
    [slug, registry, baseVersion],
  );
  const check = useServerCheck(kept?.draft, attempt);

  const save = useMutation({
    mutationFn: ({ written, version }: { written: Draft; version: number; shown: Draft }) =>
      client.updateProfile({ slug, registry, version }, changesOf(written)),
    onSuccess: (saved, { shown }) => {
      queries.setQueryData(profileQuery(registry, slug).queryKey, saved);
      // What was written on meanwhile goes on from what is stored now.
      keep((now) =>
        now === undefined || now.draft === shown
          ? undefined
          : { draft: now.draft, base: draftOf(saved), baseVersion: saved.metadata.version },
      );
      setMerging(false);
      notify(`Saved as version ${saved.metadata.version}`);
    },
    onError: (error, { version }) => {
      if (isCode(error, "version_conflict") && version === baseVersion) setMerging(true);
      else if (!(error instanceof ProfileRegistryError && error.code === "validation" && !merging))
        notifyError(error);
    },
  });
  const moved = kept !== undefined && metadata.version !== baseVersion;
  const changed = kept ? changedSections(base, draft) : [];
  const onSave = useCallback(
    () => save.mutate({ written: draft, version: baseVersion, shown: draft }),
    [save.mutate, draft, baseVersion],
  );
  return (
    <Page
      title={document.display_name ?? slug}
      crumbs={crumbs}
      marks={
        <>
          {document.is_default && <DefaultMark />}
          {readOnly && <ReadOnlyMark />}
        </>
      }
      subtitle={
        <>
          Version {metadata.version}, edited <Time ms={metadata.updated_at_ms} /> by{" "}
          <bdi>{metadata.updated_by}</bdi>
        </>
      }
      actions={<ProfileActions document={document} onDeleted={() => keep(() => undefined)} />}
    >
      {readOnly && (
        <div className="banner">
          <Icon name="lock" />
          <p>
            It is read-only. An operator can unlock it:{" "}
            <code>
              profile-registry profile unlock {slug} --registry {registry}
            </code>
          </p>
        </div>
      )}
      {moved && (
        <div className="banner warn" role="alert">
          <Icon name="warn" />
          <p>
            <bdi>{metadata.updated_by}</bdi> has saved version {metadata.version} while you edit version{" "}
            {baseVersion}.
          </p>
          <Button size="small" onClick={() => setMerging(true)}>
            Merge
          </Button>
        </div>
      )}
      <ProfileForm
        section={section}
        hrefOf={profileSectionPath(registry, slug)}
        changed={changed}
        draft={draft}
        update={update}
        violations={check.violations}
        readOnly={readOnly}
      />
      <SaveBar
        changed={changed}
        check={check}
        label={`Save v${baseVersion + 1}`}
        saving={save.isPending}
        onSave={onSave}
        onDiscard={() => keep(() => undefined)}
      />
      {merging && kept && (
        <ConflictDialog
          registry={registry}
          slug={slug}
          base={base}
          baseVersion={baseVersion}
          mine={draft}
          saving={save.isPending}
          onSave={(written, onto) => save.mutate({ written, version: onto.metadata.version, shown: draft })}
          onEdit={(merged, onto) => {
            keep(() => ({ draft: merged, base: draftOf(onto), baseVersion: onto.metadata.version }));
            setMerging(false);
          }}
          onClose={() => setMerging(false)}
        />
      )}
    </Page>
  );
}
