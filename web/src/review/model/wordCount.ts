/** The words of a text, by what stands between white space. */
export const wordCount = (text: string) => text.match(/\S+/gu)?.length ?? 0;
