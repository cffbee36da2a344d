/** Secrets come back without ever having left (spec 1.6). That the stored values are kept is seen where they are served. */
import { describe } from "vitest";
import { invalid, onBothEdges } from "./both-edges.js";
import { create, resolve, update } from "./operations.js";
import { KEY, mail, overrides, SHOWN, settings, slot, withConfig, withSettings } from "./secret-profiles.js";

describe("a write that sends <redacted> back", () => {
  const noValue = (field: string) => invalid([field, "no stored value to keep"]);
  onBothEdges(
    [
      {
        name: "keeps a stored setting",
        given: [withSettings, update("a", settings({ "api-key": SHOWN, model: "m2" }))],
        when: update("a", settings({ "api-key": SHOWN })),
        gives: { document: settings({ "api-key": SHOWN }) },
      },
      {
        name: "keeps a stored config member",
        given: [withConfig],
        when: update("a", mail({ password: SHOWN, host: "h2" })),
        gives: { document: slot({ host: "h2", password: SHOWN }) },
      },
      {
        name: "keeps stored members of slots that come as extensions",
        given: [withConfig],
        when: update("a", slot({ host: "h2", password: SHOWN, relays: [{ password: SHOWN }] })),
        gives: { document: slot({ host: "h2", password: SHOWN, relays: [{ password: SHOWN }] }) },
      },
      {
        name: "is refused where no setting is stored",
        when: create("a", settings({ "api-key": SHOWN })),
        gives: noValue("runtime.step_settings_patch.chat.api-key"),
      },
      {
        name: "is refused where the stored setting has another name",
        given: [withSettings],
        when: update("a", settings({ api_key: SHOWN })),
        gives: noValue("runtime.step_settings_patch.chat.api_key"),
      },
      {
        name: "is refused where no config is stored",
        when: create("a", mail({ relays: [{ password: SHOWN }] })),
        gives: noValue("runtime.middlewares[0].config.relays[0].password"),
      },
      {
        name: "is refused where no slot is stored",
        when: create("a", slot({ password: SHOWN })),
        gives: noValue(`profile.extensions[${KEY}].instances.id:m.password`),
      },
      {
        name: "is refused in what a resolve brings along",
        given: [withSettings],
        when: resolve({ profile: "a", base_step_settings: { chat: { "api-key": SHOWN } } }),
        gives: noValue("base_step_settings.chat.api-key"),
      },
      {
        name: "stores it as text where the member is no secret",
        when: create("a", settings({ model: SHOWN })),
        gives: { document: settings({ model: SHOWN }) },
      },
    ],
    {},
    overrides,
  );
});
