export interface StagesProps {
  stages: readonly number[];
  percentage: number;
  /** Off, nothing is applied whatever the percentage. */
  on: boolean;
}

/** The way that a rollout goes, and how far it is. */
export function Stages({ stages, percentage, on }: StagesProps) {
  const steps = [...new Set([0, ...stages, percentage])].sort((a, b) => a - b);
  return (
    <ol className={on ? "stages" : "stages off"} aria-label="Stages">
      {steps.map((step) => (
        <li
          key={step}
          className={step < percentage ? "stage past" : step === percentage ? "stage now" : "stage"}
          aria-current={step === percentage ? "step" : undefined}
        >
          {step} %
        </li>
      ))}
    </ol>
  );
}
