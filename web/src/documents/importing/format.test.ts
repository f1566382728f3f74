import { expect, it } from "vitest";
import { formatOf } from "./format";

it.each([
  ['{"messages": []}', "chatml"],
  ['\n\r\n{"id": 1, "conversations": []}\n{"instruction": "q"}', "sharegpt"],
  ['{"instruction": "q", "output": "a"}\n{"instruction": "cut of', "alpaca"],
  ['{"prompt": "q"}', null],
  ["[1]", null],
  ["null", null],
  ["{", null],
  ["", null],
])("tells the format of lines by their keys: %s", (text, format) => expect(formatOf(text)).toBe(format));
