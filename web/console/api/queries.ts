/** What views read, each under one key. */
import { queryOptions } from "@tanstack/react-query";
import { client } from "./client.js";

export const registriesQuery = () =>
  queryOptions({ queryKey: ["registries"], queryFn: ({ signal }) => client.listRegistries({ signal }) });

export const registryQuery = (slug: string) =>
  queryOptions({
    queryKey: ["registry", slug],
    queryFn: ({ signal }) => client.getRegistry(slug, { signal }),
  });

export const profileQuery = (registry: string, slug: string) =>
  queryOptions({
    queryKey: ["profile", registry, slug],
    queryFn: ({ signal }) => client.getProfile(slug, { registry, signal }),
  });

/** What a version was never changes; what stands in it of its registry is not shown. */
export const versionQuery = (registry: string, slug: string, version: number) =>
  queryOptions({
    queryKey: ["version", registry, slug, version],
    queryFn: ({ signal }) => client.getProfileVersion(slug, version, { registry, signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });

export const middlewaresQuery = () =>
  queryOptions({
    queryKey: ["schemas", "middlewares"],
    queryFn: ({ signal }) => client.listMiddlewareSchemas({ signal }),
    staleTime: 60_000,
  });

export const extensionsQuery = () =>
  queryOptions({
    queryKey: ["schemas", "extensions"],
    queryFn: ({ signal }) => client.listExtensionSchemas({ signal }),
    staleTime: 60_000,
  });

export const serverQuery = () =>
  queryOptions({ queryKey: ["server"], queryFn: ({ signal }) => client.getServerInfo({ signal }) });

const LIVE_MS = 3_000;

export const rolloutsQuery = (registry: string) =>
  queryOptions({
    queryKey: ["rollouts", registry],
    queryFn: ({ signal }) => client.listRollouts({ registry, signal }),
    refetchInterval: LIVE_MS,
  });

export const rolloutQuery = (registry: string, mode: string) =>
  queryOptions({
    queryKey: ["rollout", registry, mode],
    queryFn: ({ signal }) => client.getRollout(mode, { registry, signal }),
    refetchInterval: LIVE_MS,
  });

export const reportQuery = (registry: string, mode: string) =>
  queryOptions({
    queryKey: ["rollout-report", registry, mode],
    queryFn: ({ signal }) => client.getRolloutReport(mode, { registry, incident: true, signal }),
    refetchInterval: LIVE_MS,
  });
