

ROLES = {"system": "system", "human": "user", "gpt": "assistant"}


def as_messages(row):
    said = row["conversations"]
    return {"messages": [{"role": ROLES[one["from"]], "content": one["value"]} for one in said]}


dataset = dataset.map(as_messages, remove_columns=dataset["train"].column_names)
