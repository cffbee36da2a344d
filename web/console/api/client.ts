/** The one client of the REST API: the server that this page came from. */
import { QueryClient } from "@tanstack/react-query";
import { createProfileClient, ProfileRegistryError } from "../../client/index.js";

export const client = createProfileClient();

const MOST_RETRIES = 2;

export const queryClient = new QueryClient({
  defaultOptions: {
    // The server may be on this computer: that it is off line says nothing of it.
    mutations: { networkMode: "always" },
    queries: {
      networkMode: "always",
      staleTime: 5_000,
      // Refusals stay refusals; only what never arrived is worth another try.
      retry: (count, error) =>
        count < MOST_RETRIES && error instanceof ProfileRegistryError && error.code === "network",
    },
  },
});

// Whatever was written, lists, versions and registry may show it.
client.onWrite(() => void queryClient.invalidateQueries());

export function isCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof ProfileRegistryError && codes.includes(error.code);
}
