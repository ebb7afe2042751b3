export { IssuerError, type IssuerErrorCode } from "./issuer/issuer-error.js";
