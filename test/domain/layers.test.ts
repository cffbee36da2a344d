import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { equalJson, isObject, type Json, type JsonObject } from "../../src/domain/json.js";
import { LAYERS, type Layer, mergeLayers, mergeStepSettings, traceLayers } from "../../src/domain/layers.js";
import { memberName, objectOf, scalar } from "./arbitraries.js";

const value = fc.oneof(scalar, objectOf(memberName, scalar), fc.array(scalar, { maxLength: 2 }));
const name = fc.oneof(memberName, fc.constantFrom("a", "b", "a/b", "~"));
const section = objectOf(name, value);
/** Now and then a section that was redacted whole. */
const settings = objectOf(name, fc.oneof({ weight: 9, arbitrary: section }, fc.constant<Json>("<redacted>")));
const layers = fc
  .tuple(
    ...LAYERS.map((layer) =>
      fc.option(
        fc.record(
          {
            name: fc.constant(layer),
            system_prompt: fc.string({ maxLength: 2 }),
            tools: fc.array(fc.string({ maxLength: 2 }), { maxLength: 2 }),
            middlewares: fc.array(fc.record({ name: fc.string({ maxLength: 2 }) }), { maxLength: 2 }),
            step_settings: settings,
          },
          { requiredKeys: ["name"] },
        ),
        { nil: undefined },
      ),
    ),
  )
  .map((all) => all.filter((layer) => layer !== undefined)) as fc.Arbitrary<Layer[]>;

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** The member that an RFC 6901 pointer names. */
function at(document: Json, pointer: string): Json | undefined {
  const tokens = pointer
    .split("/")
    .slice(1)
    .map((token) => token.replaceAll("~1", "/").replaceAll("~0", "~"));
  let found: Json | undefined = document;
  for (const token of tokens)
    found = isObject(found) && Object.hasOwn(found, token) ? found[token] : undefined;
  return found;
}

describe("step settings", () => {
  test("merge per section and field", () => {
    const merged = mergeStepSettings([{ a: { x: 1, y: 1 }, b: { z: 1 } }, undefined, { a: { y: 2 }, c: {} }]);
    expect(plain(merged)).toEqual({ a: { x: 1, y: 2 }, b: { z: 1 }, c: {} });
  });

  test("are replaced whole below section and field", () => {
    expect(plain(mergeStepSettings([{ a: { x: { deep: 1 } } }, { a: { x: { other: 2 } } }]))).toEqual({
      a: { x: { other: 2 } },
    });
  });

  test("may be overridden by null and by empty values", () => {
    expect(plain(mergeStepSettings([{ a: { x: 1, y: 1 } }, { a: { x: null, y: {} } }]))).toEqual({
      a: { x: null, y: {} },
    });
  });

  test("have sections and fields named like anything", () => {
    const patch = JSON.parse('{"__proto__":{"__proto__":1,"constructor":2}}') as JsonObject;
    expect(JSON.stringify(mergeStepSettings([{ a: {} }, patch]))).toBe(
      '{"a":{},"__proto__":{"__proto__":1,"constructor":2}}',
    );
  });

  test("keep a section redacted that one layer redacted whole, whatever the others set", () => {
    expect(
      plain(mergeStepSettings([{ token: { a: 1 } }, { token: "<redacted>" }, { token: { b: 1 } }])),
    ).toEqual({
      token: "<redacted>",
    });
  });

  test("merge in whichever grouping", () => {
    fc.assert(
      fc.property(settings, settings, settings, (a, b, c) => {
        const left = mergeStepSettings([mergeStepSettings([a, b]), c]);
        const right = mergeStepSettings([a, mergeStepSettings([b, c])]);
        expect(equalJson(left, right)).toBe(true);
        expect(equalJson(left, mergeStepSettings([a, b, c]))).toBe(true);
      }),
    );
  });

  test("are not modified by merging", () => {
    fc.assert(
      fc.property(settings, settings, settings, (base, patch, last) => {
        const before = JSON.stringify([base, patch, last]);
        mergeStepSettings([base, patch, last]);
        expect(JSON.stringify([base, patch, last])).toBe(before);
      }),
    );
  });

  test("of as many sections as a request can hold are merged at once", () => {
    const sections = (value: number) =>
      Object.fromEntries(Array.from({ length: 90_000 }, (_, i) => [`s${i}`, { value }]));
    const merged = mergeStepSettings([sections(1), sections(2)]);
    expect(Object.keys(merged)).toHaveLength(90_000);
    expect(merged.s89999).toEqual({ value: 2 });
  });

  test("of one patch alone are that patch, without a copy", () => {
    const patch = { a: { x: 1 } };
    expect(mergeStepSettings([undefined, patch, undefined])).toBe(patch);
    expect(mergeStepSettings([patch, { b: { y: 2 } }]).a).toBe(patch.a);
  });

  test("change nothing when merged with nothing, or with themselves", () => {
    fc.assert(
      fc.property(settings, (patch) => {
        expect(equalJson(mergeStepSettings([{}, patch, undefined, {}]), patch)).toBe(true);
        expect(equalJson(mergeStepSettings([patch, patch]), patch)).toBe(true);
      }),
    );
  });

  test("hold of every field what the highest layer says that sets it", () => {
    fc.assert(
      fc.property(objectOf(name, section), objectOf(name, section), (low, high) => {
        const merged = mergeStepSettings([low, high]);
        for (const patch of [low, high]) {
          for (const [sectionName, fields] of Object.entries(patch)) {
            for (const field of Object.keys(fields as JsonObject)) {
              const above = at(high, pointerTo(sectionName, field));
              const wanted = above === undefined ? at(low, pointerTo(sectionName, field)) : above;
              expect(at(merged, pointerTo(sectionName, field))).toBe(wanted);
            }
          }
        }
      }),
    );
  });
});

function pointerTo(...tokens: string[]): string {
  return tokens.map((token) => `/${token.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

describe("a runtime", () => {
  const profile: Layer = { name: "profile", system_prompt: "p", tools: ["t"], middlewares: [{ name: "m" }] };

  test("has of each part what the highest layer says that has it", () => {
    expect(mergeLayers([profile, { name: "request_overrides", tools: ["u"] }]).runtime).toEqual({
      system_prompt: "p",
      tools: ["u"],
      middlewares: [{ name: "m" }],
    });
  });

  test("loses a part that a higher layer sets to nothing", () => {
    const empty: Layer = { name: "request_overrides", system_prompt: "", tools: [], middlewares: [] };
    expect(mergeLayers([profile, empty]).runtime).toEqual({});
  });

  test("of no layers is empty", () => {
    expect(plain(mergeLayers([]))).toEqual({ runtime: {}, step_settings: {} });
  });
});

describe("a trace", () => {
  test("tells of every unit its value, the layer that won and the values that lost, lowest first", () => {
    expect(
      traceLayers([
        { name: "base_step_settings", step_settings: { a: { x: 0 } } },
        { name: "profile", system_prompt: "p", step_settings: { a: { x: 1, "y/~": [2] } } },
        { name: "request_overrides", system_prompt: "", step_settings: { a: { x: null } } },
        { name: "operator", step_settings: { a: { x: 3 } } },
      ]),
    ).toEqual([
      {
        pointer: "/runtime/system_prompt",
        value: "",
        layer: "request_overrides",
        lost: [{ layer: "profile", value: "p" }],
      },
      {
        pointer: "/step_settings/a/x",
        value: 3,
        layer: "operator",
        lost: [
          { layer: "base_step_settings", value: 0 },
          { layer: "profile", value: 1 },
          { layer: "request_overrides", value: null },
        ],
      },
      { pointer: "/step_settings/a/y~1~0", value: [2], layer: "profile", lost: [] },
    ]);
  });

  test("of a section redacted whole is one unit, won by the layer that redacted it", () => {
    expect(
      traceLayers([
        { name: "base_step_settings", step_settings: { token: { a: 1 } } },
        { name: "profile", step_settings: { token: "<redacted>" } },
        { name: "request_overrides", step_settings: { token: { b: 1 } } },
      ]),
    ).toEqual([
      {
        pointer: "/step_settings/token",
        value: "<redacted>",
        layer: "profile",
        lost: [
          { layer: "base_step_settings", value: { a: 1 } },
          { layer: "request_overrides", value: { b: 1 } },
        ],
      },
    ]);
  });

  test("agrees with the merged answer in every unit", () => {
    fc.assert(
      fc.property(layers, (all) => {
        const merged = mergeLayers(all) as unknown as Json;
        for (const { pointer, value: traced } of traceLayers(all)) {
          const found = at(merged, pointer);
          const empty = pointer.startsWith("/runtime/") && (traced === "" || equalJson(traced, []));
          expect([pointer, found]).toEqual([pointer, empty ? undefined : traced]);
        }
      }),
    );
  });

  test("leaves out no unit of the merged answer", () => {
    fc.assert(
      fc.property(layers, (all) => {
        const { runtime, step_settings } = mergeLayers(all);
        const pointers = new Set(traceLayers(all).map(({ pointer }) => pointer));
        for (const part of Object.keys(runtime)) expect(pointers).toContain(`/runtime/${part}`);
        for (const [sectionName, fields] of Object.entries(step_settings)) {
          const at = `/step_settings${pointerTo(sectionName)}`;
          if (!isObject(fields)) expect(pointers).toContain(at);
          else for (const field of Object.keys(fields)) expect(pointers).toContain(at + pointerTo(field));
        }
      }),
    );
  });

  test("names each layer of a unit once, and the winner above all that lost", () => {
    fc.assert(
      fc.property(layers, (all) => {
        for (const { pointer, value, layer, lost } of traceLayers(all)) {
          const named = [...lost.map((one) => one.layer), layer];
          expect(new Set(named).size).toBe(named.length);
          const redacted = pointer.split("/").length === 3 && value === "<redacted>";
          if (!redacted) expect(named).toEqual(LAYERS.filter((one) => named.includes(one)));
        }
      }),
    );
  });
});
