import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useLocation } from "wouter";
import type { Registry } from "../../client/index.js";
import { client, isCode } from "../api/client.js";
import { registriesPath } from "../shell/paths.js";
import { Button } from "../ui/button.js";
import { Dialog } from "../ui/dialog.js";
import { Field } from "../ui/field.js";
import { notify } from "../ui/notices.js";
import { Problem } from "../ui/states.js";

/** Its name has to be written: all of its profiles may go with it. */
export function DeleteRegistry({ registry }: { registry: Registry }) {
  const [, navigate] = useLocation();
  const [asking, setAsking] = useState(false);
  const [name, setName] = useState("");
  const [force, setForce] = useState(false);
  const { slug } = registry;
  const remove = useMutation({
    mutationFn: () => client.deleteRegistry(registry, { force }),
    onSuccess: () => {
      notify(`Registry ${slug} was deleted`);
      navigate(registriesPath());
    },
  });
  const close = (): void => {
    setAsking(false);
    remove.reset();
  };
  return (
    <section className="card form-card" aria-label="Delete">
      <div className="card-body">
        <div className="row between">
          <p className="grow muted">
            Deleting a registry ends everything in it: resolves, selections, rollouts.
          </p>
          <Button look="quiet-danger" icon="trash" onClick={() => setAsking(true)}>
            Delete registry
          </Button>
        </div>
      </div>
      {asking && (
        <Dialog
          title={`Delete the registry ${slug}?`}
          onClose={close}
          onSubmit={() => name === slug && remove.mutate()}
          actions={
            <>
              <Button onClick={close}>Cancel</Button>
              <Button look="danger" type="submit" busy={remove.isPending} disabled={name !== slug}>
                Delete {slug}
              </Button>
            </>
          }
        >
          {remove.isError && <Problem error={remove.error} />}
          <p>
            The registry <strong>{slug}</strong> is deleted
            {force ? ", and every profile in it" : "; it has to be empty"}. Turns that ask for it are refused
            from then on.
          </p>
          {(force || isCode(remove.error, "failed_precondition")) && (
            <label className="check">
              <input type="checkbox" checked={force} onChange={({ target }) => setForce(target.checked)} />
              <span>Delete all its profiles too</span>
            </label>
          )}
          <Field label={`Write ${slug} to confirm`}>
            <input
              className="input mono"
              value={name}
              autoComplete="off"
              spellCheck={false}
              onChange={({ target }) => setName(target.value)}
            />
          </Field>
        </Dialog>
      )}
    </section>
  );
}
