// Every exported declaration of src and gateway has a doc; so have the members of exported `…Options` interfaces, the
// methods of every exported interface, and what is public in exported classes (a constructor is told by its class). A
// member taken over from elsewhere is documented there: `override`, a member of an interface that the class implements,
// and what a `…Like` interface repeats of a platform's object.
import { readFileSync } from "node:fs";
import { parseSync } from "rolldown/utils";
import { sourceFiles } from "./sources.mjs";

// Folders named `testing` serve this project's tests, except the one that users get.
const files = sourceFiles("src", "gateway").filter(
  (path) => path.startsWith("src/testing/") || !path.includes("/testing/"),
);
const modules = files.map(readModule);
const interfaces = new Map(
  modules.flatMap(({ body }) => body.map(declarationOf).filter(isInterface)).map(nameAndMembers),
);
const offences = modules.flatMap(undocumented);

for (const offence of offences) console.error(offence);
console.log(`${files.length} files, ${offences.length} exports or members without a doc`);
process.exitCode = offences.length === 0 ? 0 : 1;

function readModule(path) {
  const text = readFileSync(path, "utf8");
  const { program, comments, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path}: ${errors[0].message}`);
  const docs = comments.filter(({ type, value }) => type === "Block" && value.startsWith("*") && /\w/.test(value));
  return { path, text, body: program.body, docs };
}

function undocumented(module) {
  const seen = new Set(); // of a function's overloads, the first carries the doc
  return module.body.flatMap((statement) => {
    const declaration = exported(statement);
    if (!declaration) return [];
    const names = namesOf(declaration).filter((name) => !seen.has(name));
    names.forEach((name) => seen.add(name));
    const own = names.length > 0 && !hasDoc(module, statement) ? [lineFor(module, statement, names.join(", "))] : [];
    const members = membersOf(declaration)
      .filter((member) => !hasDoc(module, member))
      .map((member) => lineFor(module, member, `${names[0]}.${memberName(member)}`));
    return [...own, ...members];
  });
}

function exported(statement) {
  const isExport = statement.type === "ExportNamedDeclaration" || statement.type === "ExportDefaultDeclaration";
  return isExport ? statement.declaration : undefined;
}

function declarationOf(statement) {
  return exported(statement) ?? statement;
}

function namesOf(declaration) {
  if (declaration.type !== "VariableDeclaration") return [declaration.id?.name ?? "default"];
  return declaration.declarations.map(({ id }) => id.name ?? "pattern");
}

function isInterface(declaration) {
  return declaration.type === "TSInterfaceDeclaration";
}

function nameAndMembers({ id, body }) {
  return [id.name, new Set(body.body.map(memberName))];
}

function membersOf(declaration) {
  if (isInterface(declaration)) {
    const members = declaration.body.body;
    if (declaration.id.name.endsWith("Options")) return members;
    return declaration.id.name.endsWith("Like") ? [] : members.filter(({ type }) => type === "TSMethodSignature");
  }
  if (declaration.type !== "ClassDeclaration") return [];
  const taken = declaration.implements.map(({ expression }) => interfaces.get(expression.name) ?? new Set());
  return declaration.body.body.filter(
    (member) => isPublic(member) && !taken.some((names) => names.has(memberName(member))),
  );
}

function isPublic(member) {
  if (member.type !== "MethodDefinition" && member.type !== "PropertyDefinition") return false;
  if (member.key.type === "PrivateIdentifier" || member.override) return false;
  if (member.accessibility === "private" || member.accessibility === "protected") return false;
  return member.kind !== "constructor";
}

function memberName({ key }) {
  return key?.name ?? key?.value ?? "[computed]";
}

/** Whether a doc comment ends right before the node. */
function hasDoc({ text, docs }, { start }) {
  return docs.some((doc) => doc.end <= start && text.slice(doc.end, start).trim() === "");
}

function lineFor({ path, text }, { start }, name) {
  return `${path}:${text.slice(0, start).split("\n").length} ${name} has no doc`;
}
