import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  invalid,
  malformed,
  policyViolation,
  profileNotFound,
  quoteCut,
  registryNotFound,
  validationError,
  versionConflict,
} from "../../src/domain/errors.js";

test("a validation error says field and reason of its first violation and carries all", () => {
  const violations = [
    { field: "a", reason: "x" },
    { field: "b", reason: "y" },
  ];
  const error = validationError(violations);
  expect(error.message).toBe("validation error (a): x");
  expect(error.violations).toEqual(violations);
  expect(error.code).toBe("validation");
});

test.each([
  [invalid("a.b", "no"), "validation", "validation error (a.b): no"],
  [malformed("query parameter x"), "malformed", "query parameter x"],
  [policyViolation("no"), "policy", "policy violation: no"],
  [policyViolation("no", "p"), "policy", 'policy violation for profile "p": no'],
  [registryNotFound(), "not_found", "registry not found"],
  [profileNotFound(), "not_found", "profile not found"],
  [profileNotFound(" Raw"), "not_found", "profile not found:  Raw"],
  [
    versionConflict("profile", "p", 1, 2),
    "version_conflict",
    'profile "p" version conflict: expected=1 actual=2',
  ],
])("%s", (error, code, message) => {
  expect([error.code, error.message]).toEqual([code, message]);
});

describe("raw input in a message", () => {
  test("is whole up to 128 characters", () => {
    expect(quoteCut("x".repeat(128))).toBe("x".repeat(128));
  });

  test("is cut after 128 characters", () => {
    expect(quoteCut("x".repeat(129))).toBe("x".repeat(128));
  });

  test("counts characters, not UTF-16 units", () => {
    expect(quoteCut("😀".repeat(129))).toBe("😀".repeat(128));
  });

  test("is never cut inside a character", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", minLength: 100, maxLength: 400 }), (raw) => {
        expect(Array.from(quoteCut(raw))).toEqual(Array.from(raw).slice(0, 128));
      }),
    );
  });
});
