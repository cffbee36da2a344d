import { useState } from "react";
import { Dialog } from "../../ui/dialog.js";
import { SearchInput } from "../../ui/search-input.js";

export interface CatalogEntry {
  key: string;
  name: string;
  description?: string;
  choose: () => void;
}

const SEARCHED_FROM = 8;

export function CatalogDialog({
  title,
  entries,
  onClose,
}: {
  title: string;
  entries: readonly CatalogEntry[];
  onClose: () => void;
}) {
  const [search, setSearch] = useState("");
  const wanted = search.trim().toLowerCase();
  const found = entries.filter(({ key, name, description = "" }) =>
    `${key}\n${name}\n${description}`.toLowerCase().includes(wanted),
  );
  return (
    <Dialog title={title} onClose={onClose}>
      {entries.length >= SEARCHED_FROM && <SearchInput label="Search" value={search} onChange={setSearch} />}
      {found.length === 0 && <p className="muted">There is nothing to choose from.</p>}
      <ul className="stack tight">
        {found.map(({ key, name, description, choose }) => (
          <li key={key}>
            <button type="button" className="choice" onClick={choose}>
              <span className="strong">{name}</span>
              <span className="small faint mono">{key}</span>
              {description && <span className="small muted">{description}</span>}
            </button>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
