import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { Link } from "wouter";
import { comparePath, profilePath } from "../shell/paths.js";
import { Button } from "../ui/button.js";
import { Problem, Progress } from "../ui/states.js";
import { registryDocumentsQuery } from "./read-registry.js";
import { type ProfileDifference, registryDifferences } from "./registry-differences.js";

const COUNT = new Intl.NumberFormat();
const PAGE = 200;
const LOOKS: Record<ProfileDifference["kind"], string> = {
  differs: "badge warn",
  "only left": "badge danger",
  "only right": "badge ok",
};

export function RegistriesDiff({ a, b }: { a: string; b: string }) {
  const left = useQuery(registryDocumentsQuery(a));
  const right = useQuery(registryDocumentsQuery(b));
  const [shown, setShown] = useState(PAGE);
  const found = useMemo(
    () => left.data && right.data && registryDifferences(left.data, right.data),
    [left.data, right.data],
  );
  const failed = left.error ? left : right;
  if (failed.error) return <Problem error={failed.error} retry={() => void failed.refetch()} />;
  if (!found) return <Progress label="Reading both registries whole" />;
  const { different, alike } = found;
  return (
    <section className="card" aria-label="Differences">
      <div className="card-head">
        <h2 className="grow">
          {different.length === 0
            ? "Their profiles are alike"
            : `${COUNT.format(different.length)} different`}
        </h2>
        <span className="muted small">{COUNT.format(alike)} alike</span>
      </div>
      {different.length > 0 && (
        <div className="table-scroll">
          <table className="table">
            <tbody>
              {different.slice(0, shown).map(({ slug, kind }) => (
                <tr key={slug}>
                  <td className="strong">
                    <Link
                      href={
                        kind === "differs"
                          ? comparePath(`${a}/${slug}`, `${b}/${slug}`)
                          : profilePath(kind === "only left" ? a : b, slug)
                      }
                    >
                      {slug}
                    </Link>
                  </td>
                  <td>
                    <span className={LOOKS[kind]}>
                      {kind === "differs" ? kind : `only in ${kind === "only left" ? a : b}`}
                    </span>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {different.length > shown && (
        <div className="card-body">
          <Button onClick={() => setShown(shown + PAGE)}>Show more</Button>
        </div>
      )}
    </section>
  );
}
