const INTERFACE = "ConsumerAuthConfig";
const BASE_CLASS = "ElementWithOptions";

const toAttribute = (option) => option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** As somebody who writes markup sees the type. */
function attributeType(text) {
  if (text === "boolean") {
    return '"true" | "false"';
  }
  return text.endsWith("[]") ? "string" : text;
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
  let members = [];
  let compiler;
  return {
    name: "options-as-attributes",
    collectPhase({ ts, node }) {
      compiler = ts;
      if (ts.isTypeAliasDeclaration(node)) {
        aliases.set(node.name.getText(), node.type.getText());
      } else if (ts.isInterfaceDeclaration(node) && node.name.getText() === INTERFACE) {
        members = node.members.filter(ts.isPropertySignature);
      }
    },
    packageLinkPhase({ customElementsManifest }) {
      const options = members.map((member) => readOption(compiler, member, aliases));
      if (options.length === 0) {
        throw new Error(`${INTERFACE} was not found, or has no options.`);
      }
      customElementsManifest.modules
        .flatMap(({ declarations }) => declarations)
        .filter(({ superclass }) => superclass?.name === BASE_CLASS)
        .forEach((element) => {
          element.members = [...options.map(asMember), ...(element.members ?? [])];
          element.attributes = [...options.map(asAttribute), ...(element.attributes ?? [])];
          element.superclass = { name: "LitElement", package: "lit" };
        });
    },
  };
}
