import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { registriesQuery } from "../api/queries.js";
import { useQueryState } from "../shell/use-query-state.js";
import { Field } from "../ui/field.js";
import { Icon } from "../ui/icon.js";
import { Page } from "../ui/page.js";
import { ImportCard } from "./import-card.js";

export default function FilesView() {
  const registries = useQuery(registriesQuery());
  const [registry, setRegistry] = useQueryState("registry");
  const names = registries.data?.map(({ slug }) => slug) ?? [];
  return (
    <Page title="Import & export" subtitle="Registries as files: YAML or JSON, in and out.">
      <ImportCard registries={names} />
      <ExportCard registry={registry} names={names} onChoose={setRegistry} />
    </Page>
  );
}

interface ExportCardProps {
  registry: string;
  names: readonly string[];
  onChoose: (registry: string) => void;
}

function ExportCard({ registry, names, onChoose }: ExportCardProps) {
  const [format, setFormat] = useState("yaml");
  const query = new URLSearchParams({ ...(registry && { registry }), format });
  return (
    <section className="card form-card" aria-label="Export">
      <div className="card-head">
        <h2>Export</h2>
      </div>
      <div className="card-body">
        <p className="muted">
          As of one moment, in a form that an import takes. “&lt;redacted&gt;” stands in the place of secrets;
          an import keeps what is stored there.
        </p>
        <div className="columns">
          <Field label="What">
            <select className="input" value={registry} onChange={({ target }) => onChoose(target.value)}>
              <option value="">All registries</option>
              {[...new Set([...names, ...(registry ? [registry] : [])])].map((name) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          </Field>
          <Field label="Format">
            <select className="input" value={format} onChange={({ target }) => setFormat(target.value)}>
              <option value="yaml">YAML</option>
              <option value="json">JSON</option>
            </select>
          </Field>
        </div>
        <div>
          {/* The browser streams it to disk, however large it is, and shows how far it has come. */}
          <a className="button primary" href={`/api/chat/export?${query}`} download>
            <Icon name="download" />
            Download
          </a>
        </div>
      </div>
    </section>
  );
}
