import { Link } from "wouter";
import { profilePath } from "../shell/paths.js";
import { DefaultMark, ReadOnlyMark, Tags } from "../ui/marks.js";
import { Edited } from "../ui/time.js";
import type { Column } from "../ui/virtual-table.js";
import type { ProfileRow } from "./profile-row.js";

export const PROFILE_COLUMNS: readonly Column<ProfileRow>[] = [
  {
    key: "slug",
    title: "Profile",
    width: "minmax(190px, 3fr)",
    sortable: true,
    cell: (row) => <Name {...row} />,
  },
  { key: "tags", title: "Tags", width: "minmax(90px, 1.2fr)", cell: (row) => <Tags tags={row.tags} /> },
  {
    key: "version",
    title: "Version",
    width: "80px",
    sortable: true,
    cell: (row) => <span className="muted">v{row.version}</span>,
  },
  {
    key: "edited",
    title: "Edited",
    width: "minmax(150px, 1fr)",
    sortable: true,
    cell: ({ updated_at_ms, updated_by }) =>
      updated_at_ms === undefined ? (
        <span className="faint">–</span>
      ) : (
        <Edited ms={updated_at_ms} by={updated_by ?? ""} />
      ),
  },
];

function Name({ registry, slug, display_name, description, is_default, read_only }: ProfileRow) {
  return (
    <div className="grow">
      <div className="vrow-title">
        <Link className="clip name" href={profilePath(registry, slug)}>
          {display_name ?? slug}
        </Link>
        {display_name && <span className="small faint clip">{slug}</span>}
        {is_default && <DefaultMark />}
        {read_only && <ReadOnlyMark />}
      </div>
      {description && <p className="small muted clip name">{description}</p>}
    </div>
  );
}
