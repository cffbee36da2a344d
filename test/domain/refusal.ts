import { DomainError, type ErrorCode, type Violation } from "../../src/domain/errors.js";

export interface Refusal {
  code: ErrorCode;
  message: string;
  violations: readonly Violation[];
}

/** What a rule throws; a failure of the test when it throws nothing. */
export function refusalOf(act: () => unknown): Refusal {
  try {
    act();
  } catch (error) {
    if (error instanceof DomainError) {
      const { code, message, violations } = error;
      return { code, message, violations };
    }
    throw error;
  }
  throw new Error("nothing was refused");
}

/** The violations that a rule throws, as the text form shows them: `FIELD: REASON`. */
export function violationsOf(act: () => unknown): string[] {
  const { code, violations } = refusalOf(act);
  if (code !== "validation") throw new Error(`refused as ${code}`);
  return texts(violations);
}

export function texts(violations: readonly Violation[]): string[] {
  return violations.map(({ field, reason }) => `${field}: ${reason}`);
}
