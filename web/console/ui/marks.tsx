/** The few words that stand beside names. */
import { Icon } from "./icon.js";

export function DefaultMark() {
  return (
    <span className="badge accent">
      <Icon name="star" />
      default
    </span>
  );
}

export function ReadOnlyMark() {
  return (
    <span className="badge">
      <Icon name="lock" />
      read-only
    </span>
  );
}

const SHOWN_TAGS = 4;

export function Tags({ tags = [] }: { tags?: readonly string[] | undefined }) {
  if (tags.length === 0) return null;
  return (
    <span className="row tight">
      {[...new Set(tags)].slice(0, SHOWN_TAGS).map((tag) => (
        <bdi className="badge clip" key={tag}>
          {tag}
        </bdi>
      ))}
      {tags.length > SHOWN_TAGS && (
        <span className="small faint" title={tags.join(", ")}>
          +{tags.length - SHOWN_TAGS}
        </span>
      )}
    </span>
  );
}
