/** The steps of `check`, in order (spec 6.4). Writes go to a registry of their own, so that no turn meets what is tried. */
import { randomBytes } from "node:crypto";
import { type Ask, demand, listOf, objectOf } from "./check-rest.js";

const API = "/api/chat";

export interface Step {
  name: string;
  run: (ask: Ask) => Promise<void>;
}

export const READINESS: Step = {
  name: "readiness",
  run: async (ask) => {
    await ask("GET /readyz", 200);
  },
};

export const READS: readonly Step[] = [
  {
    name: "list",
    run: async (ask) => {
      listOf(await ask(`GET ${API}/profiles?limit=1`, 200));
    },
  },
  {
    name: "catalogues",
    run: async (ask) => {
      for (const catalogue of ["middlewares", "extensions"]) {
        const { length } = listOf(await ask(`GET ${API}/schemas/${catalogue}`, 200));
        demand(length > 0, `the catalogue of ${catalogue} is empty`);
      }
    },
  },
];

/** Without a write there is only what is there to resolve: any profile. */
export const RESOLVE_READ_ONLY: Step = {
  name: "resolve",
  run: async (ask) => {
    const [profile] = listOf(await ask(`GET ${API}/profiles?limit=1`, 200));
    if (profile === undefined) return;
    const resolution = objectOf(await ask(`GET ${API}/resolve/${profile.slug}`, 200));
    demand(resolution.profile === profile.slug, `${profile.slug} was asked for, not ${resolution.profile}`);
  },
};

/** The steps that write, and the one that takes back what they wrote, whichever of them failed. */
export function writingSteps(): { steps: Step[]; cleanUp: Step } {
  const suffix = randomBytes(4).toString("hex");
  const registry = `check-${suffix}`;
  const [one, two] = [`one-${suffix}`, `two-${suffix}`];
  const inRegistry = `?registry=${registry}`;
  const profile = (slug: string): string => `${API}/profiles/${slug}${inRegistry}`;
  const create = (slug: string, runtime: object) => ({
    body: { slug, registry, runtime: { system_prompt: "check", ...runtime } },
  });
  let cookie = "";

  const seen = async (ask: Ask, slug: string, version: number, name: string | undefined): Promise<void> => {
    const document = objectOf(await ask(`GET ${profile(slug)}`, 200));
    const items = listOf(await ask(`GET ${API}/profiles${inRegistry}`, 200));
    const item = items.find((listed) => listed.slug === slug);
    const metadata = objectOf({ body: document.metadata, headers: new Headers() });
    demand(metadata.version === version && document.display_name === name, "get does not show it");
    demand(item?.version === version && item.display_name === name, "the list does not show it");
  };
  const choose = async (ask: Ask, slug: string): Promise<void> => {
    const sent = { body: { slug, registry }, ...(cookie === "" ? {} : { cookie }) };
    const { headers } = await ask(`POST ${API}/profile`, 200, sent);
    cookie = headers.get("set-cookie")?.split(";", 1)[0] ?? "";
    demand(cookie.startsWith("chat_profile="), "no cookie chat_profile was set");
    const current = objectOf(await ask(`GET ${API}/profile`, 200, { cookie }));
    demand(
      current.slug === slug && current.registry === registry && current.source === "cookie",
      `the cookie says ${slug}, the current profile is ${current.registry}/${current.slug}`,
    );
  };

  const steps: Step[] = [
    {
      name: "registry created",
      run: async (ask) => {
        await ask(`POST ${API}/registries`, 201, { body: { slug: registry, display_name: "check" } });
      },
    },
    {
      name: "unknown middleware refused",
      run: async (ask) => {
        const middlewares = [{ name: `unknown-${suffix}` }];
        await ask(`POST ${API}/profiles`, 400, create(one, { middlewares }));
      },
    },
    {
      name: "invalid config refused",
      run: async (ask) => {
        const [known] = listOf(await ask(`GET ${API}/schemas/middlewares`, 200));
        const middlewares = [{ name: known?.name ?? "", config: "no object" }];
        await ask(`POST ${API}/profiles`, 400, create(one, { middlewares }));
      },
    },
    {
      name: "create",
      run: async (ask) => {
        for (const slug of [one, two]) {
          await ask(`POST ${API}/profiles`, 201, create(slug, {}));
          await seen(ask, slug, 1, undefined);
        }
      },
    },
    {
      name: "patch",
      run: async (ask) => {
        const body = { registry, display_name: "patched", expected_version: 1 };
        await ask(`PATCH ${profile(one)}`, 200, { body });
        await seen(ask, one, 2, "patched");
      },
    },
    {
      name: "stale version refused",
      run: async (ask) => {
        await ask(`PATCH ${profile(one)}`, 409, { body: { registry, expected_version: 1 } });
      },
    },
    {
      name: "set default",
      run: async (ask) => {
        const { registry_version = 0 } = objectOf(await ask(`GET ${profile(two)}`, 200));
        const body = { registry, expected_version: registry_version };
        const path = `${API}/profiles/${two}/default`;
        const document = objectOf(await ask(`POST ${path}`, 200, { body }));
        demand(document.is_default === true, "it is not the default");
      },
    },
    { name: "cookie set", run: (ask) => choose(ask, one) },
    { name: "cookie switched", run: (ask) => choose(ask, two) },
    {
      name: "resolve",
      run: async (ask) => {
        const byCookie = objectOf(await ask(`POST ${API}/resolve`, 200, { body: {}, cookie }));
        demand(byCookie.profile === two, `the cookie says ${two}, resolved was ${byCookie.profile}`);
        const byName = objectOf(await ask(`GET ${API}/resolve/${one}${inRegistry}`, 200));
        demand(byName.profile_version === 2, "resolved is not what was written last");
      },
    },
    {
      name: "delete",
      run: async (ask) => {
        await ask(`DELETE ${profile(one)}&expected_version=2`, 204);
        await ask(`GET ${profile(one)}`, 404);
      },
    },
  ];
  const cleanUp: Step = {
    name: "cleaned up",
    run: async (ask) => {
      const path = `${API}/registries/${registry}`;
      const left = listOf(await ask(`GET ${API}/registries`, 200)).find(({ slug }) => slug === registry);
      if (left === undefined) return;
      const { version } = objectOf({ body: left.metadata, headers: new Headers() });
      await ask(`DELETE ${path}?force=true&expected_version=${version}`, 204);
      await ask(`GET ${path}`, 404);
    },
  };
  return { steps, cleanUp };
}
