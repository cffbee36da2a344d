/** The import rules of docs/architecture.md: imports point inward. */
const only = (name, from, allowed, comment) => ({
  name,
  comment,
  severity: "error",
  from: { path: from },
  to: { path: "^(src|gen|web)/", pathNot: allowed },
});

module.exports = {
  forbidden: [
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    { name: "no-orphans", severity: "error", from: { orphan: true, path: "^src/" }, to: {} },
    only("domain-is-pure", "^src/domain/", ["^src/domain/"], "documents and decisions know nothing else"),
    {
      name: "domain-has-no-io",
      severity: "error",
      from: { path: "^src/domain/" },
      to: { dependencyTypes: ["core"], pathNot: ["^(node:)?crypto$"] },
    },
    {
      name: "domain-has-no-frameworks",
      severity: "error",
      from: { path: "^src/domain/" },
      to: { path: "node_modules/", pathNot: ["node_modules/canonicalize/"] },
    },
    only("catalog", "^src/catalog/", ["^src/(catalog|domain)/"]),
    only("formats", "^src/formats/", ["^src/(formats|domain)/"]),
    only("store-interface", "^src/store/[^/]+[.]ts$", ["^src/(domain/|store/[^/]+[.]ts$)"]),
    only("store-sqlite", "^src/store/sqlite/", ["^src/(domain/|store/sqlite/|store/store[.]ts$)"]),
    only("store-file", "^src/store/file/", [
      "^src/(domain|formats)/",
      "^src/store/(file/|[^/]+[.]ts$)",
      "^src/store/sqlite/(open|sqlite-store)[.]ts$",
    ]),
    only("service", "^src/service/", ["^src/(service|domain|catalog|formats)/", "^src/store/[^/]+[.]ts$"]),
    only("rpc", "^src/rpc/", ["^src/(rpc|service|domain)/", "^src/store/lru[.]ts$", "^gen/"]),
    only("rest", "^src/rest/", ["^src/(rest|service|domain)/"]),
    only("metrics", "^src/metrics/", ["^src/(metrics|service|domain)/", "^src/store/[^/]+[.]ts$"]),
    only("server", "^src/server/", [
      "^src/(server|metrics|service|domain)/",
      "^src/store/store[.]ts$",
      "^src/(rest|rpc)/",
    ]),
    only("cli", "^src/cli/", [
      "^src/(cli|domain|formats)/",
      "^src/(app|config|version)[.]ts$",
      "^src/store/sqlite/(migrations[.]ts$|maintenance/)",
      "^src/store/place-file[.]ts$",
      "^src/rpc/(routes|shown-[^/]+)[.]ts$",
      "^gen/",
    ]),
    only("web-modules", "^web/(client|selector)/", [
      "^web/(client|selector)/",
      "^src/domain/",
      "^src/service/server-info[.]ts$",
    ]),
    only("web-console", "^web/console/", ["^web/", "^gen/", "^src/(domain|service)/"]),
    only("config", "^src/config[.]ts$", ["^src/domain/", "^src/store/sqlite/(dsn|open)[.]ts$"]),
    {
      name: "gen-belongs-to-rpc",
      severity: "error",
      comment: "the command line is a client",
      from: { path: "^src/", pathNot: "^src/(rpc|cli)/" },
      to: { path: "^gen/" },
    },
    {
      name: "only-entry-points-see-app",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/(cli/|main[.]ts$)" },
      to: { path: "^src/app[.]ts$" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "require", "node", "default"],
    },
  },
};
