import { useMutation } from "@tanstack/react-query";
import { type DragEvent, useRef, useState } from "react";
import { client } from "../api/client.js";
import { Button } from "../ui/button.js";
import { Field } from "../ui/field.js";
import { Icon } from "../ui/icon.js";
import { notify } from "../ui/notices.js";
import { Problem, Progress } from "../ui/states.js";
import { Plan } from "./plan.js";

interface Choice {
  file: File;
  registry: string;
  replace: boolean;
  includeReadOnly: boolean;
}

const SIZE = new Intl.NumberFormat(undefined, { style: "unit", unit: "kilobyte", maximumFractionDigits: 1 });

export function ImportCard({ registries }: { registries: readonly string[] }) {
  const input = useRef<HTMLInputElement>(null);
  const [choice, setChoice] = useState<Choice>();
  const [over, setOver] = useState(false);
  const send = ({ file, ...options }: Choice, validateOnly: boolean) =>
    client.importRegistries(file, {
      ...options,
      registry: options.registry || undefined,
      fileName: file.name,
      validateOnly,
    });
  const plan = useMutation({ mutationFn: (chosen: Choice) => send(chosen, true) });
  const apply = useMutation({
    mutationFn: (chosen: Choice) => send(chosen, false),
    onSuccess: ({ counts }) => {
      notify(`Imported: ${counts.created} created, ${counts.changed} changed, ${counts.deleted} deleted`);
      setChoice(undefined);
      plan.reset();
    },
  });
  const look = (next: Choice): void => {
    setChoice(next);
    apply.reset();
    plan.mutate(next);
  };
  const take = (file: File | undefined): void => {
    if (file)
      look({
        file,
        registry: "",
        replace: false,
        includeReadOnly: false,
        ...(choice && { ...choice, file }),
      });
  };
  const change = (part: Partial<Choice>): void => {
    if (choice) look({ ...choice, ...part });
  };
  const onDrop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    take(event.dataTransfer.files[0]);
  };
  return (
    <section className="card" aria-label="Import">
      <div className="card-head">
        <h2>Import</h2>
      </div>
      <div className="card-body">
        {/* biome-ignore lint/a11y/noStaticElementInteractions: for the mouse; the button inside does the same */}
        <div
          className={over ? "drop over" : "drop"}
          onDragOver={(event) => {
            event.preventDefault();
            setOver(true);
          }}
          onDragLeave={() => setOver(false)}
          onDrop={onDrop}
        >
          <Icon name="import" />
          <p>{choice ? <bdi className="strong">{choice.file.name}</bdi> : "Drop a YAML or JSON file here"}</p>
          {choice && <p className="small muted">{SIZE.format(choice.file.size / 1000)}</p>}
          <Button onClick={() => input.current?.click()}>
            {choice ? "Choose another file" : "Choose a file"}
          </Button>
          <input
            ref={input}
            hidden
            type="file"
            accept=".yaml,.yml,.json"
            aria-label="File to import"
            onChange={({ target }) => {
              take(target.files?.[0]);
              target.value = "";
            }}
          />
        </div>
        {choice && (
          <>
            <div className="form-width">
              <Field label="Registry" hint="Of a file that names none.">
                <select
                  className="input"
                  value={choice.registry}
                  onChange={({ target }) => change({ registry: target.value })}
                >
                  <option value="">as the file says</option>
                  {registries.map((name) => (
                    <option key={name}>{name}</option>
                  ))}
                </select>
              </Field>
            </div>
            <label className="check">
              <input
                type="checkbox"
                checked={choice.replace}
                onChange={({ target }) => change({ replace: target.checked })}
              />
              <span>
                <span className="label">Replace</span>
                <span className="small muted block">
                  Also deletes what the file’s registries have and the file has not.
                </span>
              </span>
            </label>
            <label className="check">
              <input
                type="checkbox"
                checked={choice.includeReadOnly}
                onChange={({ target }) => change({ includeReadOnly: target.checked })}
              />
              <span>
                <span className="label">Read-only profiles too</span>
                <span className="small muted block">Also changes and deletes profiles that are locked.</span>
              </span>
            </label>
          </>
        )}
        {plan.isPending && (
          <Progress label="The server reads the file and makes a plan; nothing is stored yet" />
        )}
        {apply.isPending && <Progress label="The server stores it, all of it or nothing" />}
        {plan.isError && <Problem error={plan.error} />}
        {apply.isError && <Problem error={apply.error} />}
        {choice && plan.data && !plan.isPending && (
          <Plan plan={plan.data} applying={apply.isPending} onApply={() => apply.mutate(choice)} />
        )}
      </div>
    </section>
  );
}
