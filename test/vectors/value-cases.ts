import type { Json, JsonObject } from "../../src/domain/json.js";
import { only, type ResolveCase } from "./vector.js";

export const numbers: JsonObject = {
  large: 1e21,
  "almost as large": 999999999999999900000,
  small: 1e-7,
  "almost as small": 0.000001,
  "negative zero": -0,
  tenth: 0.1,
  "sum of tenths": 0.1 + 0.2,
  integral: 100.0,
  safe: 9007199254740991,
  power: 9007199254740992,
  least: 5e-324,
  most: 1.7976931348623157e308,
  negative: -1.5e-9,
};

export const texts: JsonObject = {
  composed: "\u00e9",
  decomposed: "e\u0301",
  emoji: "😀",
  controls: "\u0000\b\t\n\f\r\u001f\u007f",
  quotes: '"\\/',
  separators: "\u2028\u2029",
  html: "<script>&",
  mark: "\ufeff",
};

/** RFC 8785 sorts by UTF-16 units: the emoji, whose units are D83D DE00, before U+FB33. */
export const names: JsonObject = {
  "\ufb33": 1,
  "😀": 2,
  "\u20ac": 3,
  "\u00f6": 4,
  "10": 5,
  "9": 6,
  b: 7,
  B: 8,
  "": 9,
  "\r": 10,
  ["__proto__"]: { ["__proto__"]: 11 },
  constructor: 12 as Json,
  toJSON: "13",
} as JsonObject;

const cases: [string, JsonObject][] = [
  ["numbers", { a: { value: numbers } }],
  ["text", { a: texts, "😀 \u00f6": { '"': "\\" } }],
  ["names", { a: { value: names }, ["__proto__"]: { constructor: { ["__proto__"]: null } as JsonObject } }],
  [
    "empty members and null",
    { a: { object: {}, array: [], text: "", nothing: null, list: [null, {}, [[]]] }, b: {} },
  ],
];

export const valueCases: ResolveCase[] = cases.map(([name, step_settings_patch]) => ({
  name: `values: ${name}`,
  documents: only({ runtime: { system_prompt: `values: ${name} \u{1F44B}\n`, step_settings_patch } }),
  request: {},
}));
