import { itHasNoGuestBy } from "../support/cloud.js";

describe("attack: an unauthenticated connector that answers with anything else", () => {
  itHasNoGuestBy((anonymous) => ({ anonymous }));
});
