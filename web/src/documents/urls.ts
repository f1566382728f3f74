/** The web addresses of a text, each once, and what is none. */
export function readUrls(text: string): { urls: string[]; wrong: string[] } {
  const urls = new Set<string>();
  const wrong: string[] = [];
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const url = URL.canParse(word) ? new URL(word) : null;
    if (url && (url.protocol === "https:" || url.protocol === "http:")) urls.add(url.href);
    else wrong.push(word);
  }
  return { urls: [...urls], wrong };
}
