import type { FlowName } from "./attack.js";

/** The ways in which an ID token reaches the page from the provider. */
export const tokenFlows = ["implicit flow", "exchange in the page"] as const satisfies FlowName[];
