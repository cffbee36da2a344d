import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useLocation } from "wouter";
import type { ProfileDocument } from "../../client/index.js";
import { client } from "../api/client.js";
import { comparePath, historyPath, logPath, registryPath, resolvePath } from "../shell/paths.js";
import { Button, ButtonLink } from "../ui/button.js";
import { ConfirmDialog } from "../ui/dialog.js";
import { notify, notifyError } from "../ui/notices.js";

export function ProfileActions({
  document,
  onDeleted,
}: {
  document: ProfileDocument;
  onDeleted: () => void;
}) {
  const { registry, slug, is_default, policy } = document;
  const [deleting, setDeleting] = useState(false);
  const [, navigate] = useLocation();
  const makeDefault = useMutation({
    mutationFn: () => client.setDefaultProfile({ slug, registry }),
    onSuccess: () => notify(`${slug} is the default of ${registry} now`),
    onError: notifyError,
  });
  const remove = useMutation({
    mutationFn: () => client.deleteProfile(document),
    onSuccess: () => {
      notify(`${slug} was deleted; its versions stay`);
      onDeleted();
      navigate(registryPath(registry));
    },
    onError: (error) => {
      setDeleting(false);
      notifyError(error);
    },
  });
  return (
    <>
      <ButtonLink look="ghost" icon="history" href={historyPath(registry, slug)}>
        History
      </ButtonLink>
      <ButtonLink look="ghost" icon="resolve" href={resolvePath(registry, slug)}>
        Resolve
      </ButtonLink>
      <ButtonLink look="ghost" icon="compare" href={comparePath(`${registry}/${slug}`)}>
        Compare
      </ButtonLink>
      <ButtonLink look="ghost" icon="log" href={logPath(registry, slug)}>
        Log
      </ButtonLink>
      {!is_default && (
        <Button look="ghost" icon="star" busy={makeDefault.isPending} onClick={() => makeDefault.mutate()}>
          Make default
        </Button>
      )}
      {!is_default && !policy.read_only && (
        <Button look="quiet-danger" icon="trash" onClick={() => setDeleting(true)}>
          Delete
        </Button>
      )}
      {deleting && (
        <ConfirmDialog
          title={`Delete ${slug}?`}
          action={`Delete ${slug}`}
          danger
          busy={remove.isPending}
          onConfirm={() => remove.mutate()}
          onClose={() => setDeleting(false)}
        >
          <p>
            Turns that ask for <strong>{slug}</strong> in <strong>{registry}</strong> are refused from now on,
            and browsers that picked it fall back to the default.
          </p>
          <p className="muted">Its versions stay: a rollback in its history brings it back.</p>
        </ConfirmDialog>
      )}
    </>
  );
}
