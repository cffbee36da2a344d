import { useQuery } from "@tanstack/react-query";
import { useId } from "react";
import { client } from "../api/client.js";
import { registriesQuery } from "../api/queries.js";
import { Field } from "../ui/field.js";
import { readSide, type Side, sideText } from "./side.js";

export interface SidePickerProps {
  label: string;
  text: string;
  onChange: (text: string) => void;
}

export function SidePicker({ label, text, onChange }: SidePickerProps) {
  const side = readSide(text);
  const registries = useQuery(registriesQuery());
  const names = registries.data?.map(({ slug }) => slug) ?? [];
  const set = (next: Side): void => onChange(sideText(next));
  return (
    <fieldset className="card card-body" aria-label={label}>
      <Field label={`${label}: registry`}>
        <select
          className="input"
          value={side?.registry ?? ""}
          onChange={({ target }) => (target.value ? set({ registry: target.value }) : onChange(""))}
        >
          <option value="">choose</option>
          {[...new Set([...names, ...(side ? [side.registry] : [])])].map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </Field>
      {side && (
        <>
          <ProfileInput label={label} side={side} onChange={set} />
          {side.profile !== undefined && <VersionSelect label={label} side={side} onChange={set} />}
        </>
      )}
    </fieldset>
  );
}

interface PartProps {
  label: string;
  side: Side;
  onChange: (side: Side) => void;
}

function ProfileInput({ label, side: { registry, profile = "" }, onChange }: PartProps) {
  const id = useId();
  const offered = useQuery({
    queryKey: ["profiles-offered", registry, profile],
    queryFn: ({ signal }) =>
      client
        .listProfiles({ registry, pageSize: 50, signal })
        .page(String(new URLSearchParams({ view: "summary", ...(profile && { q: profile }) }))),
  });
  return (
    <>
      <Field label={`${label}: profile`} hint="Blank: the registry as a whole.">
        <input
          className="input mono"
          list={id}
          value={profile}
          spellCheck={false}
          autoComplete="off"
          onChange={({ target }) => {
            const next = target.value.replace(/[/@\s]/g, "");
            onChange({ registry, ...(next && { profile: next }) });
          }}
        />
      </Field>
      <datalist id={id}>
        {offered.data?.items.map(({ slug }) => (
          <option key={slug} value={slug} />
        ))}
      </datalist>
    </>
  );
}

function VersionSelect({ label, side, onChange }: PartProps) {
  const { registry, profile = "", version } = side;
  const versions = useQuery({
    queryKey: ["versions-offered", registry, profile],
    queryFn: ({ signal }) => client.listProfileVersions(profile, { registry, signal }).page(),
    retry: false,
  });
  const numbers = [
    ...new Set([...(versions.data?.items.map((one) => one.version) ?? []), ...(version ? [version] : [])]),
  ];
  return (
    <Field label={`${label}: version`}>
      <select
        className="input"
        value={version ?? ""}
        onChange={({ target }) =>
          onChange({ registry, profile, ...(target.value && { version: Number(target.value) }) })
        }
      >
        <option value="">as it is now</option>
        {numbers.map((one) => (
          <option key={one} value={one}>
            v{one}
          </option>
        ))}
      </select>
    </Field>
  );
}
