export { exchangeCode } from "../oidc/token-request.js";
export { createVerifiedTokenReader } from "./verified-token.js";
