import { useState } from "react";
import type { ImportPlan, PlannedChange } from "../../client/index.js";
import { shortJson } from "../json/json.js";
import { readablePointer } from "../json/pointer.js";
import { Button } from "../ui/button.js";
import { ConfirmDialog } from "../ui/dialog.js";

export interface PlanProps {
  plan: ImportPlan;
  applying: boolean;
  onApply: () => void;
}

const COUNT = new Intl.NumberFormat();
const PAGE = 200;
const LOOKS: Record<PlannedChange["action"], string> = {
  create: "badge ok",
  change: "badge warn",
  delete: "badge danger",
};

export function Plan({ plan: { changes, counts }, applying, onApply }: PlanProps) {
  const [shown, setShown] = useState(PAGE);
  const [asking, setAsking] = useState(false);
  const deletes = changes.filter(({ action }) => action === "delete");
  return (
    <section className="stack" aria-label="Plan">
      <div className="row">
        <h3>Plan</h3>
        <span className="badge ok">{COUNT.format(counts.created)} created</span>
        <span className="badge warn">{COUNT.format(counts.changed)} changed</span>
        <span className="badge danger">{COUNT.format(counts.deleted)} deleted</span>
        <span className="badge">{COUNT.format(counts.unchanged)} unchanged</span>
      </div>
      {changes.length === 0 ? (
        <p className="muted">Everything in the file is as it is stored. There is nothing to do.</p>
      ) : (
        <div className="table-scroll card">
          <table className="table">
            <thead>
              <tr>
                <th scope="col">What becomes of it</th>
                <th scope="col">Document</th>
                <th scope="col">Differences</th>
              </tr>
            </thead>
            <tbody>
              {changes.slice(0, shown).map((change) => (
                <tr key={`${change.registry}/${change.profile ?? ""}`}>
                  <td>
                    <span className={LOOKS[change.action]}>{change.action}</span>
                  </td>
                  <td>
                    <bdi className="strong">{change.profile ?? change.registry}</bdi>{" "}
                    <span className="small faint">{change.profile ? change.registry : "registry"}</span>
                  </td>
                  <td>
                    <Differences {...change} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {changes.length > shown && (
        <Button onClick={() => setShown(shown + 5 * PAGE)}>
          Show more ({COUNT.format(changes.length - shown)} left)
        </Button>
      )}
      {changes.length > 0 && (
        <div className="row">
          <Button
            look={deletes.length > 0 ? "danger" : "primary"}
            busy={applying}
            onClick={() => (deletes.length > 0 ? setAsking(true) : onApply())}
          >
            Apply the plan
          </Button>
          <span className="muted small">All of it is stored, or nothing.</span>
        </div>
      )}
      {asking && (
        <ConfirmDialog
          title={`Apply it, and delete ${deletes.length} ${deletes.length === 1 ? "document" : "documents"}?`}
          action="Apply and delete"
          danger
          onConfirm={() => {
            setAsking(false);
            onApply();
          }}
          onClose={() => setAsking(false)}
        >
          <p>These are deleted:</p>
          <ul>
            {deletes.slice(0, 10).map(({ registry, profile }) => (
              <li key={`${registry}/${profile ?? ""}`}>
                <bdi className="strong">{profile ?? registry}</bdi>{" "}
                <span className="small faint">of {registry}</span>
              </li>
            ))}
          </ul>
          {deletes.length > 10 && <p>and {deletes.length - 10} more</p>}
        </ConfirmDialog>
      )}
    </section>
  );
}

const SHOWN_DIFFERENCES = 6;

function Differences({ differences = [] }: PlannedChange) {
  return (
    <ul className="differences">
      {differences.slice(0, SHOWN_DIFFERENCES).map(({ pointer, from, to }) => (
        <li className="small" key={pointer}>
          <span className="mono">{readablePointer(pointer)}</span>{" "}
          {from !== undefined && <del>{shortJson(from as never, 80)}</del>}{" "}
          {to !== undefined && <ins>{shortJson(to as never, 80)}</ins>}
        </li>
      ))}
      {differences.length > SHOWN_DIFFERENCES && (
        <li className="small muted">and {differences.length - SHOWN_DIFFERENCES} more</li>
      )}
    </ul>
  );
}
