const INTERFACES = ["ConsumerAuthConfig", "RequestOptions"];
const BASE_CLASS = "ElementWithOptions";
/** What the base class becomes when it runs. */
const REAL_BASE_CLASS = "PromptElement";

const toAttribute = (option) => option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** As somebody who writes markup sees the type. */
function attributeType(text) {
  if (text === "boolean") {
    return '"true" | "false"';
  }
  return /\[\]$|Provider|Record/.test(text) ? "string" : text;
}

function readOption(ts, member, aliases) {
  const type = member.type.getText();
  return {
    name: member.name.getText(),
    type: aliases.get(type) ?? type,
    description: ts.getTextOfJSDocComment(member.jsDoc?.at(-1)?.comment) ?? "",
  };
}

const asMember = ({ name, type, description }) => ({
  kind: "field",
  name,
  privacy: "public",
  type: { text: type },
  description,
  attribute: toAttribute(name),
});

const asAttribute = ({ name, type, description }) => ({
  name: toAttribute(name),
  type: { text: attributeType(type) },
  description,
  fieldName: name,
});

/**
 * The element gets a property and an attribute for every option when it runs; the analyzer, which runs nothing,
 * reads them here from the interface of the configuration.
 */
export function optionsAsAttributes() {
  const aliases = new Map();
  const members = [];
  let compiler;
  return {
    name: "options-as-attributes",
    collectPhase({ ts, node }) {
      compiler = ts;
      if (ts.isTypeAliasDeclaration(node)) {
        aliases.set(node.name.getText(), node.type.getText());
      } else if (ts.isInterfaceDeclaration(node) && INTERFACES.includes(node.name.getText())) {
        members.push(...node.members.filter(ts.isPropertySignature));
      }
    },
    packageLinkPhase({ customElementsManifest }) {
      const options = members.map((member) => readOption(compiler, member, aliases));
      if (options.length === 0) {
        throw new Error(`${INTERFACES.join(" and ")} were not found, or have no options.`);
      }
      const declarations = customElementsManifest.modules.flatMap((module) => module.declarations);
      const base = declarations.find(({ name }) => name === REAL_BASE_CLASS);
      if (!base) {
        throw new Error(`${REAL_BASE_CLASS} was not found.`);
      }
      declarations
        .filter(({ superclass }) => superclass?.name === BASE_CLASS)
        .forEach((element) => {
          const own = [...base.members, ...(element.members ?? [])];
          element.members = [...options.map(asMember), ...own];
          element.attributes = [...options.map(asAttribute), ...(element.attributes ?? [])];
          element.superclass = { name: "LitElement", package: "lit" };
        });
    },
  };
}
