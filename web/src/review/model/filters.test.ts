import { describe, expect, it } from "vitest";
import { parseSearch, stringifySearch } from "../../ui/url";
import { type Filters, PENDING, queryOf, readFilters, readSort, writeFilters } from "./filters";

describe("filters", () => {
  it("are what is pending where the address says nothing", () => {
    expect(readFilters({})).toEqual(PENDING);
    expect(stringifySearch(writeFilters(PENDING))).toBe("");
    expect(queryOf(PENDING)).toEqual({ review_status: ["pending"] });
    expect(readSort({})).toBe("grounding_score");
  });

  it("come back from an address as they went in", () => {
    const filters: Filters = {
      ...PENDING,
      review_status: [],
      min_quality: 0.9,
      max_grounding: 0,
      flagged: false,
      generation_id: ["a", "b"],
      question_type: ["how-to"],
      q: "a, b & c",
    };
    expect(readFilters(parseSearch(stringifySearch(writeFilters(filters))))).toEqual(filters);
    expect(queryOf(filters)).toEqual({
      min_quality: 0.9,
      max_grounding: 0,
      flagged: false,
      generation_id: ["a", "b"],
      question_type: ["how-to"],
      q: "a, b & c",
    });
  });

  it("leave out what makes no sense", () => {
    const search = parseSearch("?review_status=odd&min_quality=2&max_quality=&question_type=x&sort=-x&q=7");
    expect(readFilters(search)).toEqual({ ...PENDING, review_status: [], q: "7" });
    expect(readSort(search)).toBe("grounding_score");
  });
});
