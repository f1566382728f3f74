

def as_messages(row):
    messages = []
    for question, answer in row.get("history") or []:
        messages += [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]
    question = "\n\n".join(part for part in (row["instruction"], row["input"]) if part)
    messages += [{"role": "user", "content": question}, {"role": "assistant", "content": row["output"]}]
    return {"messages": messages}


dataset = dataset.map(as_messages, remove_columns=dataset["train"].column_names)
