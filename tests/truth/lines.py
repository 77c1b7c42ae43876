"""Two hundred lines as doctors type them, each with how it is read: `entry_lines.txt`."""

from pathlib import Path

from lgc.domain.medical_data import Family, Standing

FILE = Path(__file__).with_name("entry_lines.txt")


def table():
    """(kind, family, sentence, reading) of each line."""
    kind, found = "", []
    for line in FILE.read_text("utf-8").splitlines():
        if line.startswith("# "):
            kind = line[2:]
        elif line:
            family, sentence, reading = line.split(" | ")
            found.append((kind, Family(family), sentence, reading))
    return found


def described(readings):
    """What is asked, then each reading but the last one, which keeps all the words."""
    question = f"{readings.question}? " if readings.question else ""
    options = readings.options if readings.question else readings.options[:1]
    return question + " / ".join(map(one, options))


def one(line):
    said = [f"« {line.words} »"]
    if line.absence is not None:
        return f"none of {line.absence}"
    if line.family is not None:
        said.append(f"in {line.family}")
    said += [code for code in (line.kinship, *line.also) if code]
    if line.standing is not Standing.FACT:
        said.append(line.standing.value)
    said += [f"from {line.start.iso}"] if line.start else []
    said += [f"to {line.end.iso}"] if line.end else []
    said += [] if line.active else ["over"]
    said += [f"at {line.age_at_onset}"] if line.age_at_onset is not None else []
    said += [f"reaction {line.reaction}"] if line.reaction else []
    said += [f"takes {line.posology}"] if line.posology else []
    if not line.looked_for:
        said.append("no code")
    elif line.looked_for != line.words:
        said.append(f"seeks {line.looked_for}")
    return ", ".join(said)
