export { relayAuthorizationResponse, type ReturnOutcome } from "./transports/return-page.js";
