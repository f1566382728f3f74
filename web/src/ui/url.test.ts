import { describe, expect, it } from "vitest";
import { many, number, one, parseSearch, type Search, stringifySearch } from "./url";

describe("the search part of a URL", () => {
  it("comes back as it went", () => {
    const searches: Search[] = [
      {},
      { q: "a b&c=d?#%" },
      { status: ["pending", "edited"], min_quality: "0.7" },
      { q: "泵 – ‮rtl" },
    ];
    for (const search of searches) expect(parseSearch(stringifySearch(search))).toEqual(search);
  });

  it("leaves out what is empty", () => {
    expect(stringifySearch({ q: "", document_id: undefined, type: [] })).toBe("");
  });

  it("is read with care, for people write into it", () => {
    const search = parseSearch("?min=0.4&max=7&bad=x&empty=&type=prose&type=evil&q=1&q=2");
    expect(number(search, "min")).toBe(0.4);
    expect(number(search, "max")).toBeUndefined();
    expect(number(search, "bad")).toBeUndefined();
    expect(number(search, "empty")).toBeUndefined();
    expect(many(search, "type", ["prose", "list"])).toEqual(["prose"]);
    expect(one(search, "q")).toBe("1");
  });
});
