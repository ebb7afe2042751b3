/** From the ground up: a module imports only from floors below its own, and from its own. */
const FLOORS = [
  "base",
  "config",
  "cloud",
  "store",
  "oidc",
  "transports",
  "sources",
  "engagement",
  "ladder",
  "client",
  "ui",
];

/** What runs on servers: beside the floors, on top of the lowest only. */
const SERVER_WINGS = ["platform", "issuer"];
const UNDER_SERVERS = ["base"];

/** What is run by hand, on top of both: the only place for Node's own modules. */
const COMMAND = "command";

const ENTRY_POINTS =
  "^src/(index|element|define|callback|callback-page|script|script-runtime|window-return|platform|issuer|command)[.]ts$";
const LOCALES = "^src/ui/locales/";

const LIBRARIES = {
  lit: "ui",
  jose: "oidc|platform|issuer|command",
  "idb-keyval": "store",
  oauth4webapi: "platform",
};

const noImportsUpwards = FLOORS.slice(0, -1).map((floor, height) => ({
  name: `floors: ${floor} imports nothing above it`,
  severity: "error",
  from: { path: `^src/${floor}/` },
  to: { path: `^src/(${FLOORS.slice(height + 1).join("|")})/` },
}));

const librariesOnTheirFloor = Object.entries(LIBRARIES).map(([library, floor]) => ({
  name: `libraries: only ${floor} imports ${library}`,
  severity: "error",
  from: { path: "^src/", pathNot: `^src/(${floor})/` },
  to: { path: `(^|/)node_modules/(${library}|@${library}|@${library}-labs)/` },
}));

const wings = [...SERVER_WINGS, COMMAND].join("|");

const serversApart = [
  ...SERVER_WINGS.map((wing) => ({
    name: `servers: ${wing} stands on ${UNDER_SERVERS.join(", ")} alone`,
    severity: "error",
    from: { path: `^src/(${wing}/|${wing}[.]ts$)` },
    to: { path: "^src/", pathNot: `^src/(${[wing, ...UNDER_SERVERS].join("|")})/` },
  })),
  {
    name: `servers: ${COMMAND} stands on ${[...SERVER_WINGS, ...UNDER_SERVERS].join(", ")} alone`,
    severity: "error",
    from: { path: `^src/(${COMMAND}/|${COMMAND}[.]ts$)` },
    to: {
      path: "^src/",
      pathNot: `^src/(${[COMMAND, ...SERVER_WINGS, ...UNDER_SERVERS].join("|")})/`,
    },
  },
  {
    name: "servers: no browser loads what is theirs",
    severity: "error",
    from: { path: "^src/", pathNot: `^src/(${wings})(/|[.]ts$)` },
    to: { path: `^src/(${wings})/` },
  },
];

export default {
  forbidden: [
    ...noImportsUpwards,
    ...serversApart,
    ...librariesOnTheirFloor,
    {
      name: "floors: every file of src stands on one or is an entry point",
      severity: "error",
      from: {},
      to: {
        path: "^src/",
        pathNot: [`^src/(${[...FLOORS, ...SERVER_WINGS, COMMAND].join("|")})/`, ENTRY_POINTS],
      },
    },
    {
      name: "entry points: imported by nobody",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/script[.]ts$" },
      to: { path: ENTRY_POINTS },
    },
    {
      name: "entry points: the loader imports no other, and the runtime only when it is needed",
      severity: "error",
      from: { path: "^src/script[.]ts$" },
      to: { path: ENTRY_POINTS, pathNot: "^src/script-runtime[.]ts$" },
    },
    {
      name: "entry points: the loader imports the runtime only when it is needed",
      severity: "error",
      from: { path: "^src/script[.]ts$" },
      to: {
        path: "^src/script-runtime[.]ts$",
        dependencyTypesNot: ["dynamic-import", "type-only"],
      },
    },
    {
      name: "src: imports nothing from demo, test or tooling",
      severity: "error",
      from: { path: "^src/" },
      to: { path: "^(?!src/|node_modules/)", dependencyTypesNot: ["core"] },
    },
    {
      name: "src: no Node built-ins, but for the command",
      severity: "error",
      from: { path: "^src/", pathNot: `^src/${COMMAND}/` },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "libraries: only declared dependencies",
      severity: "error",
      from: { path: "^src/" },
      to: {
        path: "(^|/)node_modules/",
        dependencyTypesNot: ["npm", "type-only"],
      },
    },
    {
      name: "imports resolve",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: "no cycles",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "no orphans",
      severity: "error",
      from: { path: [ENTRY_POINTS, LOCALES] },
      to: { path: "^src/", pathNot: [ENTRY_POINTS, LOCALES], reachable: false },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "browser", "default", "types"],
    },
  },
};
