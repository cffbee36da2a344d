import { useMutation, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useLocation } from "wouter";
import type { ProfileDocument } from "../../client/index.js";
import { client } from "../api/client.js";
import { DocumentDiff } from "../editor/document-diff.js";
import { draftOf, shownDraft } from "../profile/draft.js";
import { profilePath } from "../shell/paths.js";
import { Button } from "../ui/button.js";
import { Dialog } from "../ui/dialog.js";
import { notify } from "../ui/notices.js";
import { Loading, Problem } from "../ui/states.js";

export interface RollbackDialogProps {
  registry: string;
  slug: string;
  version: number;
  /** Undefined: it was deleted, or cannot be read, and is made again. */
  current: ProfileDocument | undefined;
  onClose: () => void;
}

/** Shows what the server would write, before it does. */
export function RollbackDialog({ registry, slug, version, current, onClose }: RollbackDialogProps) {
  const [, navigate] = useLocation();
  const read = { slug, registry, version: current?.metadata.version ?? 0 };
  const preview = useQuery({
    queryKey: ["rollback", registry, slug, version, read.version],
    queryFn: ({ signal }) => client.rollbackProfile(read, version, { validateOnly: true, signal }),
    staleTime: 0,
  });
  const rollback = useMutation({
    mutationFn: () => client.rollbackProfile(read, version),
    onSuccess: (profile) => {
      notify(`${slug} is as it was in version ${version}, as version ${profile.metadata.version}`);
      navigate(profilePath(registry, slug));
    },
  });
  const before = useMemo(() => current && shownDraft(draftOf(current)), [current]);
  const after = useMemo(() => preview.data && shownDraft(draftOf(preview.data)), [preview.data]);
  return (
    <Dialog
      wide
      title={current ? `Roll ${slug} back to v${version}` : `Bring ${slug} back as it was in v${version}`}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            look="primary"
            busy={rollback.isPending}
            disabled={!preview.data}
            onClick={() => rollback.mutate()}
          >
            {preview.data ? `Write it as v${preview.data.metadata.version}` : "Write it"}
          </Button>
        </>
      }
    >
      <p className="muted">
        What it was is written once more, as a new version: nothing of its history is lost.
      </p>
      {rollback.isError && <Problem error={rollback.error} />}
      {preview.isPending && <Loading />}
      {preview.isError && <Problem error={preview.error} retry={() => void preview.refetch()} />}
      {after && <DocumentDiff before={before} after={after} />}
    </Dialog>
  );
}
