const CLASSES = "dist/module/element.js";
const DEFINITIONS = "dist/module/define.js";

/** What nobody described isn't for people: inner members that the analyzer takes for public ones. */
const isForPeople = ({ description, privacy = "public", static: isStatic = false }) =>
  Boolean(description) && privacy === "public" && !isStatic;

const publicPart = ({ members = [], attributes = [], events = [], ...element }) => ({
  ...element,
  members: members.filter(isForPeople),
  attributes: attributes.filter(isForPeople),
  events: events.filter(isForPeople),
});

const byTag = (a, b) => a.tagName.localeCompare(b.tagName, "en");

/** The package has no sources, only what is built of them: names its elements by the modules that one imports. */
export function asPublished() {
  return {
    name: "as-published",
    packageLinkPhase({ customElementsManifest }) {
      const elements = customElementsManifest.modules
        .flatMap(({ declarations }) => declarations)
        .filter(({ customElement, tagName }) => customElement && tagName)
        .map(publicPart)
        .sort(byTag);
      const reference = ({ name }) => ({ name, module: CLASSES });
      customElementsManifest.modules = [
        {
          kind: "javascript-module",
          path: CLASSES,
          declarations: elements,
          exports: elements.map((element) => ({
            kind: "js",
            name: element.name,
            declaration: reference(element),
          })),
        },
        {
          kind: "javascript-module",
          path: DEFINITIONS,
          declarations: [],
          exports: elements.map((element) => ({
            kind: "custom-element-definition",
            name: element.tagName,
            declaration: reference(element),
          })),
        },
      ];
    },
  };
}
