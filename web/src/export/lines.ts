/** A line of a data file, of whatever format. */
type Line = Record<string, unknown> | null | undefined;

const list = (value: unknown): Record<string, unknown>[] => (Array.isArray(value) ? value : []);
const said = (value: unknown): string[] => (typeof value === "string" && value !== "" ? [value] : []);

/** What a line says, question before answer; nothing where the format has no lines. */
export function textsOf(line: Line): string[] {
  if (!line) return [];
  const messages = [
    ...list(line.messages),
    ...list(line.prompt),
    ...list(line.chosen),
    ...list(line.conversations),
  ].filter((one) => (one.role ?? one.from) !== "system");
  if (messages.length > 0) return messages.flatMap((one) => said(one.content ?? one.value));
  const before = Array.isArray(line.history) ? line.history.flat() : [];
  return [...before, line.instruction, line.input, line.output].flatMap(said);
}
