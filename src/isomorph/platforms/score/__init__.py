"""Score (score.dev/v1b1), both ways.

reader.py        files, folders, streams -> one definition
read_workload.py one file's tree -> a workload and its dependencies
read_files.py    files and volumes of a container
schema.py        the official schema's faults, all at once, in words and with positions
placeholders.py  `${metadata.…}` and `${resources.…}` <-> text
quantities.py    CPU and memory
writer.py        a definition -> one Score file a workload
support.py       what Score can say, and why not
defaults.py      what silence means
"""
