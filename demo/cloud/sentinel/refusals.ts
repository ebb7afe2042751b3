import { json } from "../../http.js";
import { Refusal } from "../errors.js";

/** The errors of RFC 6749 section 5.2, with their status. */
const STATUS = {
  invalid_request: 400,
  invalid_client: 401,
  invalid_grant: 400,
  unauthorized_client: 400,
  unsupported_grant_type: 400,
} as const;

export function oauthRefusal(error: keyof typeof STATUS, description: string): Refusal {
  return new Refusal(json(STATUS[error], { error, error_description: description }));
}
