import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  isBlank,
  isMiddlewareConfigKey,
  isMiddlewareName,
  middlewareConfigKey,
  parseExtensionKey,
  parseSlug,
  type SlugLabel,
} from "../../src/domain/identifiers.js";

const slug = (raw: string) => parseSlug(raw, "profile slug");
const value = (parsed: { ok: boolean; value?: string }) => (parsed.ok ? parsed.value : undefined);
const reason = (parsed: { ok: boolean; reason?: string }) => (parsed.ok ? undefined : parsed.reason);

describe("a slug", () => {
  test.each(["a", "0", "a1", "a.b_c-d", "gpt-4.1", "x".repeat(128), "constructor", "a__b", "a..b"])(
    "%j is one",
    (raw) => {
      expect(slug(raw)).toEqual({ ok: true, value: raw });
    },
  );

  test.each(["-a", "a-", ".a", "a.", "_a", "a_", "__proto__", "a b", "a/b", "a:b", "é", "a\u0000", "a\nb"])(
    "%j is none",
    (raw) => {
      expect(slug(raw)).toEqual({ ok: false, reason: `profile slug "${raw}" is invalid` });
    },
  );

  test("is trimmed and lower-cased", () => {
    expect(value(slug(" \t My.Profile\n"))).toBe("my.profile");
  });

  test("is lower-cased in ASCII only, so that K (Kelvin) is no k", () => {
    expect(slug("\u212Aelvin").ok).toBe(false);
  });

  test("has at most 128 characters", () => {
    expect(slug("x".repeat(129)).ok).toBe(false);
  });

  test.each(["", " ", "\n\t"])("%j is empty", (raw) => {
    expect(reason(slug(raw))).toBe("profile slug cannot be empty");
  });

  test.each<SlugLabel>(["registry slug", "profile slug", "runtime key", "processing mode"])(
    "is called %s where it is one",
    (label) => {
      expect(reason(parseSlug("", label))).toBe(`${label} cannot be empty`);
      expect(reason(parseSlug("!", label))).toBe(`${label} "!" is invalid`);
    },
  );

  test("is quoted raw, cut after 128 characters", () => {
    expect(reason(slug(` ${"!".repeat(200)}`))).toBe(`profile slug " ${"!".repeat(127)}" is invalid`);
  });

  test("that was normalised normalises to itself", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^ ?[a-zA-Z0-9](?:[a-zA-Z0-9._-]{0,20}[a-zA-Z0-9])? ?$/), (raw) => {
        const once = value(slug(raw));
        expect(once).toBeDefined();
        expect(value(slug(once ?? ""))).toBe(once);
      }),
    );
  });
});

describe("an extension key", () => {
  const long = "n".repeat(64);

  test.each(["a.b@v1", "webchat.starter_suggestions@v1", "a-b.c-d@v99999", `${long}.${long}@v1`, "1.2@v10"])(
    "%j is one",
    (raw) => {
      expect(parseExtensionKey(raw)).toEqual({ ok: true, value: raw });
    },
  );

  test.each([
    "a",
    "a.b",
    "a.b@1",
    "a.b@v0",
    "a.b@v01",
    "a.b@v100000",
    "a.b@v1.2",
    "a.b.c@v1",
    "_a.b@v1",
    "a_.b@v1",
    "a.-b@v1",
    `${long}n.b@v1`,
    `a.${long}n@v1`,
    "é.b@v1",
    "__proto__",
  ])("%j is none", (raw) => {
    expect(reason(parseExtensionKey(raw))).toBe(
      `extension key "${raw.slice(0, 128)}" is invalid (expected namespace.feature@vN)`,
    );
  });

  test("is trimmed and lower-cased", () => {
    expect(value(parseExtensionKey(" Webchat.Starter@V1 "))).toBe("webchat.starter@v1");
  });

  test("cannot be blank", () => {
    expect(reason(parseExtensionKey(" "))).toBe("extension key cannot be empty");
  });
});

describe("a middleware name", () => {
  test.each(["a", "agentmode", "a-b_c", "0", "m".repeat(57), "constructor"])("%j is one", (name) => {
    expect(isMiddlewareName(name)).toBe(true);
  });

  test.each(["", "A", "a.b", "-a", "a_", "m".repeat(58), " a"])("%j is none", (name) => {
    expect(isMiddlewareName(name)).toBe(false);
  });

  test("always makes a config key that is an extension key", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9](?:[a-z0-9_-]{0,55}[a-z0-9])?$/), (name) => {
        const key = middlewareConfigKey(name);
        expect(parseExtensionKey(key)).toEqual({ ok: true, value: key });
        expect(isMiddlewareConfigKey(key)).toBe(true);
      }),
    );
  });
});

test.each(["middleware.x_config@v2", "middleware.x@v1", "other.x_config@v1", "middleware._config@v1"])(
  "%j holds no middleware configs",
  (key) => {
    expect(isMiddlewareConfigKey(key)).toBe(false);
  },
);

test.each<[string | undefined, boolean]>([
  [undefined, true],
  ["", true],
  [" \n", true],
  ["a", false],
])("%j is blank: %s", (text, blank) => {
  expect(isBlank(text)).toBe(blank);
});
