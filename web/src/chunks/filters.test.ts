import { expect, it } from "vitest";
import { parseSearch, stringifySearch } from "../ui/url";
import { filtersOf, inWords, isFiltered } from "./filters";

it("reads filters from the URL, and nothing that the API would refuse", () => {
  const search = parseSearch(
    "?document_id=a&document_id=b&content_type=code&content_type=verse&excluded=maybe&q=%20",
  );
  expect(filtersOf(search)).toEqual({ document_id: ["a", "b"], content_type: ["code"], excluded: [] });
  expect(filtersOf(parseSearch(stringifySearch({ excluded: "true", q: "pump" })))).toEqual({
    document_id: [],
    content_type: [],
    excluded: [true],
    q: "pump",
  });
});

it("says which filters are on", () => {
  expect(isFiltered(filtersOf({}))).toBe(false);
  const filters = filtersOf({ document_id: "a", content_type: "table", excluded: "false", q: "pump" });
  expect(isFiltered(filters)).toBe(true);
  expect(inWords(filters, () => "manual.pdf")).toEqual([
    "“manual.pdf”",
    "the type table",
    "“Kept”",
    "the words “pump”",
  ]);
});
