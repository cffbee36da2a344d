import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useLocation } from "wouter";
import { ProfileRegistryError } from "../../client/index.js";
import { client } from "../api/client.js";
import { registryPath } from "../shell/paths.js";
import { Button } from "../ui/button.js";
import { Dialog } from "../ui/dialog.js";
import { Field } from "../ui/field.js";
import { notify } from "../ui/notices.js";
import { Problem } from "../ui/states.js";

export function NewRegistryDialog({ onClose }: { onClose: () => void }) {
  const [, navigate] = useLocation();
  const [slug, setSlug] = useState("");
  const [displayName, setDisplayName] = useState("");
  const [description, setDescription] = useState("");
  const create = useMutation({
    mutationFn: () => client.createRegistry({ slug, display_name: displayName, description }),
    onSuccess: (registry) => {
      notify(`Registry ${registry.slug} was made`);
      onClose();
      navigate(registryPath(registry.slug));
    },
  });
  const violations = create.error instanceof ProfileRegistryError ? create.error.errors : [];
  const ofSlug = violations.filter(({ field }) => field.endsWith("slug")).map(({ reason }) => reason);
  return (
    <Dialog
      title="New registry"
      onClose={onClose}
      onSubmit={() => create.mutate()}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" busy={create.isPending}>
            Create registry
          </Button>
        </>
      }
    >
      {create.isError && ofSlug.length === 0 && <Problem error={create.error} />}
      <Field label="Slug" hint="Its name for programs: a-z, 0-9, and . _ - inside." errors={ofSlug}>
        <input
          className="input mono"
          value={slug}
          autoComplete="off"
          spellCheck={false}
          required
          onChange={(event) => setSlug(event.target.value)}
        />
      </Field>
      <Field label="Name">
        <input
          className="input"
          value={displayName}
          onChange={(event) => setDisplayName(event.target.value)}
        />
      </Field>
      <Field label="Description">
        <textarea
          className="input"
          rows={2}
          value={description}
          onChange={(event) => setDescription(event.target.value)}
        />
      </Field>
    </Dialog>
  );
}
