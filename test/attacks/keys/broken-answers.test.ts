import { withoutCors } from "../support/broken.js";
import { itSurvivesBrokenAnswers } from "../support/site-page.js";

describe("attack: a key set that is anything else", () => {
  itSurvivesBrokenAnswers(
    {
      "an error": "keys_unavailable",
      "no JSON object": "keys_unavailable",
      unreadable: "keys_unavailable",
      late: "keys_unavailable",
    },
    (answer) => ({ misconduct: { keys: (keys) => answer() ?? keys } }),
    [withoutCors],
  );
});
