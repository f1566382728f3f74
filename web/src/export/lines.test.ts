import { expect, it } from "vitest";
import { textsOf } from "./lines";

const user = { role: "user", content: "Which port?" };
const assistant = { role: "assistant", content: "7420." };

it.each([
  ["chatml", { messages: [{ role: "system", content: "Be short." }, user, assistant] }],
  ["alpaca", { instruction: "Which port?", input: "", output: "7420." }],
  [
    "sharegpt",
    {
      conversations: [
        { from: "human", value: "Which port?" },
        { from: "gpt", value: "7420." },
      ],
    },
  ],
  ["preferences", { prompt: [user], chosen: [assistant], rejected: [user] }],
])("reads what a line of %s says", (_, line) => {
  expect(textsOf(line)).toEqual(["Which port?", "7420."]);
});

it("reads the exchanges before the last one, and nothing where there is nothing", () => {
  expect(textsOf({ instruction: "c", input: "", output: "d", history: [["a", "b"]] })).toEqual([
    "a",
    "b",
    "c",
    "d",
  ]);
  expect(textsOf(null)).toEqual([]);
  expect(textsOf({ messages: "no list", history: 3 })).toEqual([]);
});
