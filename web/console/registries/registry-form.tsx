import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ProfileRegistryError, type Registry } from "../../client/index.js";
import { client } from "../api/client.js";
import { registryQuery } from "../api/queries.js";
import { JsonField } from "../editor/json-field.js";
import { useAnyUnfinished } from "../editor/unfinished.js";
import { equalJson, type Json } from "../json/json.js";
import { reasonsWithin } from "../profile/field-errors.js";
import { Button } from "../ui/button.js";
import { Field } from "../ui/field.js";
import { notify } from "../ui/notices.js";
import { Problem } from "../ui/states.js";
import { TokensInput } from "../ui/tokens-input.js";

interface Edits {
  display_name: string;
  description: string;
  default_profile_slug: string;
  tags: string[];
  processing_modes: Json;
}

function editsOf({
  display_name,
  description,
  default_profile_slug,
  metadata,
  processing_modes,
}: Registry): Edits {
  return {
    display_name: display_name ?? "",
    description: description ?? "",
    default_profile_slug: default_profile_slug ?? "",
    tags: metadata.tags ?? [],
    processing_modes: (processing_modes ?? {}) as unknown as Json,
  };
}

export function RegistryForm({ registry }: { registry: Registry }) {
  const queries = useQueryClient();
  // What was read when the editing began: its version is what the save is made from.
  const [read, setRead] = useState(registry);
  const [edits, setEdits] = useState(() => editsOf(registry));
  const changed = !equalJson(edits, editsOf(read));
  const unfinished = useAnyUnfinished();
  const moved = registry.metadata.version !== read.metadata.version;
  const start = (from: Registry): void => {
    setRead(from);
    setEdits(editsOf(from));
  };
  if (moved && !changed) start(registry);
  const save = useMutation({
    mutationFn: () => {
      const { tags, ...changes } = edits;
      return client.updateRegistry(read, { ...changes, metadata: { tags } } as never);
    },
    onSuccess: (saved) => {
      queries.setQueryData(registryQuery(saved.slug).queryKey, saved);
      start(saved);
      notify(`Saved as version ${saved.metadata.version}`);
    },
  });
  const violations = save.error instanceof ProfileRegistryError ? save.error.errors : [];
  const set = (change: Partial<Edits>): void => setEdits((now) => ({ ...now, ...change }));
  return (
    <section className="card form-card" aria-label="Settings">
      <div className="card-body">
        {save.isError && <Problem error={save.error} />}
        {moved && changed && (
          <div className="banner warn" role="alert">
            <p>
              It has changed since you began (version {registry.metadata.version} now; a write to a profile in
              it counts too).
            </p>
            <Button size="small" onClick={() => setRead(registry)}>
              Keep my changes, on the new version
            </Button>
            <Button size="small" onClick={() => start(registry)}>
              Start again
            </Button>
          </div>
        )}
        <Field label="Name" errors={reasonsWithin(violations, "display_name")}>
          <input
            className="input"
            value={edits.display_name}
            onChange={({ target }) => set({ display_name: target.value })}
          />
        </Field>
        <Field label="Description">
          <textarea
            className="input"
            rows={2}
            value={edits.description}
            onChange={({ target }) => set({ description: target.value })}
          />
        </Field>
        <Field
          label="Default profile"
          hint="Its slug. What a turn runs with that names no profile; blank: none."
          errors={reasonsWithin(violations, "registry.default_profile_slug")}
        >
          <input
            className="input mono"
            value={edits.default_profile_slug}
            spellCheck={false}
            onChange={({ target }) => set({ default_profile_slug: target.value })}
          />
        </Field>
        <Field label="Tags">
          <TokensInput label="Tags" values={edits.tags} onChange={(tags) => set({ tags })} />
        </Field>
        <div className="field">
          <span className="label">Processing modes</span>
          <p className="hint">
            By name: the profiles that a mode lays over any other, the first one its own. Such as{" "}
            <code>{'{"fast": {"profiles": ["fast-v1"]}}'}</code>. A mode is turned on in its rollout.
          </p>
          <JsonField
            label="Processing modes"
            value={edits.processing_modes}
            errors={reasonsWithin(violations, "registry.processing_modes")}
            onChange={(value) => set({ processing_modes: value })}
          />
        </div>
        <div className="row end">
          <Button disabled={!changed} onClick={() => start(registry)}>
            Discard
          </Button>
          <Button
            look="primary"
            busy={save.isPending}
            disabled={!changed || unfinished}
            onClick={() => save.mutate()}
          >
            Save
          </Button>
        </div>
      </div>
    </section>
  );
}
