/** Two letters for a name: "Aquila P3" → "Ap", "Wiki" → "Wi". */
export function initials(name: string): string {
  const words = name.split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  const [first, second] = words;
  if (!first) return "–";
  const letters = second ? `${[...first][0]}${[...second][0]}` : [...first].slice(0, 2).join("");
  const [head, ...tail] = [...letters];
  return `${head?.toUpperCase()}${tail.join("").toLowerCase()}`;
}
