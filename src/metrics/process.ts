/** Figures of the process and of the build. */
import { collectDefaultMetrics, Registry } from "prom-client";
import type { Family } from "./family.js";

let processRegistry: Registry | undefined;

/** Memory, CPU, event loop: of the process, so once for all apps in it. Measured from the first call on. */
export function processFigures(): Registry {
  if (processRegistry === undefined) {
    processRegistry = new Registry();
    collectDefaultMetrics({ register: processRegistry });
  }
  return processRegistry;
}

export interface Build {
  version: string;
  commit: string;
  schema: number;
}

export function buildFamily(build: () => Build): Family {
  return {
    name: "profile_registry_build_info",
    help: "Always 1; which program this is.",
    type: "gauge",
    merge: "first",
    read: () => {
      const { version, commit, schema } = build();
      return [{ labels: { version, commit, schema: String(schema) }, value: 1 }];
    },
  };
}
